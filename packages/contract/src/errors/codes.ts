import * as z from 'zod/mini';
import { written } from '../object-maker.ts';
import { ERROR_TYPES, errorShape } from './error-shape.ts';
import { VALIDATION_CODES } from './validation-codes.ts';

/*
 * Every code there is, under who has to act: the integrator, the network, the shopper, the caller, or
 * the vault's operator. A code never changes its meaning and is never reused.
 */
const CODES = {
  integration_error: [
    'element_not_found',
    'element_already_mounted',
    'element_destroyed',
    'invalid_option',
    'invalid_session',
    'session_expired',
    'origin_not_allowed',
    'browser_unsupported',
    'insecure_context',
    'version_mismatch',
  ],
  load_error: [
    'script_blocked',
    'script_timeout',
    'frame_timeout',
    'frame_blocked_csp',
    'container_not_in_dom',
    'font_failed',
    'integrity_mismatch',
  ],
  validation_error: VALIDATION_CODES,
  request_error: [
    'network_error',
    'timeout',
    'aborted',
    'rate_limited',
    'unauthorized',
    'idempotency_conflict',
    'focus_lost',
    'invalid_request',
    'not_found',
  ],
  vault_error: [
    'token_expired',
    'policy_denied',
    'cvc_unavailable',
    'service_unavailable',
    'forward_not_sent',
    'forward_unknown',
  ],
} as const satisfies Readonly<Record<ErrorType, readonly string[]>>;

/** Who has to act. */
export type ErrorType = (typeof ERROR_TYPES)[number];
/** The codes of one type. */
export type CodeOf<T extends ErrorType> = (typeof CODES)[T][number];
/** A stable machine-readable code. */
export type ErrorCode = CodeOf<ErrorType>;

/** All codes, in catalogue order. */
export const ERROR_CODES = ERROR_TYPES.flatMap((type) => CODES[type]) as [
  ErrorCode,
  ...ErrorCode[],
];

const TYPE_OF: ReadonlyMap<string, ErrorType> = new Map(
  ERROR_TYPES.flatMap((type) => CODES[type].map((code) => [code, type] as const)),
);

export const ErrorCode = z.enum(ERROR_CODES);

export const ErrorShape = errorShape(written, z.enum(ERROR_TYPES), ErrorCode);

/** An error as it crosses any line: never a stack, never a foreign message, never card data. */
export type ErrorShape = z.infer<typeof ErrorShape>;

export function errorType(code: ErrorCode): ErrorType {
  return TYPE_OF.get(code) ?? 'vault_error';
}
