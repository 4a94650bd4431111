import * as z from 'zod/mini';

/** Who has to act: the integrator, the network, the shopper, the caller, or the vault's operator. */
export type ErrorType =
  | 'integration_error'
  | 'load_error'
  | 'validation_error'
  | 'request_error'
  | 'vault_error';

/**
 * Every code there is, under its type. A code never changes its meaning and is never reused;
 * the English sentence beside it may be reworded or translated.
 */
const CATALOGUE = {
  integration_error: {
    element_not_found: 'No element matches that selector.',
    element_already_mounted: 'This element is mounted in another container.',
    element_destroyed: 'This element was destroyed; create a new one.',
    invalid_option: 'An option is unknown or has a value that is not allowed.',
    invalid_session: 'The session is not valid for this page.',
    session_expired: 'The session has expired; ask the backend for a new one.',
    origin_not_allowed: 'This page is not registered for the publishable key.',
    browser_unsupported: 'This browser is too old to protect a card.',
    insecure_context: 'The page must be served over HTTPS.',
    version_mismatch: 'The SDK and the fields origin speak different protocols.',
  },
  load_error: {
    script_blocked: 'The script was blocked.',
    script_timeout: 'The script did not load in time.',
    frame_timeout: 'The secure fields did not load in time.',
    frame_blocked_csp: "The page's content security policy blocks the fields origin.",
    container_not_in_dom: 'The container is not part of the document.',
    font_failed: 'A font could not be loaded.',
    integrity_mismatch: 'A file does not match its published hash.',
  },
  validation_error: {
    incomplete_number: 'Enter the whole card number.',
    invalid_number: 'Check the card number.',
    brand_not_supported: 'This card brand is not accepted here.',
    incomplete_expiry: 'Enter the expiry date.',
    invalid_expiry: 'Check the expiry date.',
    expired_card: 'This card has expired.',
    incomplete_cvc: 'Enter the security code.',
    invalid_cvc: 'Check the security code.',
    invalid_name: 'Check the name on the card.',
    invalid_postal_code: 'Check the postal code.',
    invalid_iban: 'Check the IBAN.',
    required_field: 'This field is required.',
  },
  request_error: {
    network_error: 'The payment service could not be reached.',
    timeout: 'The payment service did not answer in time.',
    aborted: 'The request was cancelled.',
    rate_limited: 'Too many attempts; wait a moment.',
    unauthorized: 'The key or ticket is not accepted.',
    idempotency_conflict: 'The same request was sent before with other contents.',
    focus_lost: 'Typing was interrupted by another part of the page.',
    invalid_request: 'The request is not understood.',
    not_found: 'There is nothing here under that id.',
  },
  vault_error: {
    token_expired: 'The token has expired.',
    policy_denied: 'The policy of this key does not allow that.',
    cvc_unavailable: 'The security code is no longer held.',
    service_unavailable: 'The payment service is not available right now.',
  },
} as const satisfies Record<ErrorType, Record<string, string>>;

type Catalogue = typeof CATALOGUE;
/** A stable machine-readable code; see `CATALOGUE` for its type and meaning. */
export type ErrorCode = { [T in ErrorType]: keyof Catalogue[T] }[ErrorType] & string;

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'script_blocked',
  'script_timeout',
  'frame_timeout',
  'network_error',
  'timeout',
  'aborted',
  'rate_limited',
  'session_expired',
  'service_unavailable',
]);

const entries: ReadonlyMap<string, { type: ErrorType; message: string }> = new Map(
  Object.entries(CATALOGUE).flatMap(([type, codes]) =>
    Object.entries(codes).map(([code, message]) => [code, { type: type as ErrorType, message }]),
  ),
);

/** All codes, in catalogue order. */
export const ERROR_CODES = [...entries.keys()] as [ErrorCode, ...ErrorCode[]];

export const ErrorCode = z.enum(ERROR_CODES);

export const ErrorShape = z.strictObject({
  type: z.enum(Object.keys(CATALOGUE) as [ErrorType, ...ErrorType[]]),
  code: ErrorCode,
  message: z.string().check(z.maxLength(200)),
  field: z.optional(z.string().check(z.regex(/^[a-zA-Z]{1,32}$/))),
  retryable: z.boolean(),
  requestId: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/))),
});

/** An error as it crosses any line: never a stack, never a foreign message, never card data. */
export type ErrorShape = z.infer<typeof ErrorShape>;

export function errorType(code: ErrorCode): ErrorType {
  return entries.get(code)?.type ?? 'vault_error';
}

/** The English sentence for a code; frames show a localised one. */
export function messageOf(code: ErrorCode): string {
  return entries.get(code)?.message ?? '';
}

/** Whether the same call may succeed later with nothing changed by the caller. */
export function isRetryable(code: ErrorCode): boolean {
  return RETRYABLE.has(code);
}

/**
 * Builds the one shape errors have on every wire.
 *
 * @example errorOf('invalid_number', { field: 'number' })
 */
export function errorOf(
  code: ErrorCode,
  detail: { field?: string | undefined; requestId?: string | undefined } = {},
): ErrorShape {
  return {
    type: errorType(code),
    code,
    message: messageOf(code),
    ...(detail.field === undefined ? {} : { field: detail.field }),
    retryable: isRetryable(code),
    ...(detail.requestId === undefined ? {} : { requestId: detail.requestId }),
  };
}
