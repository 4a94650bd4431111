import * as z from 'zod/mini';
import type { ObjectMaker } from '../object-maker.ts';

/** Who has to act: the integrator, the network, the shopper, the caller, or the vault's operator. */
export const ERROR_TYPES = [
  'integration_error',
  'load_error',
  'validation_error',
  'request_error',
  'vault_error',
] as const;

/** An error as it crosses any line, over the types and codes that it may have. */
export function errorShape<T extends z.ZodMiniType, C extends z.ZodMiniType<string, string>>(
  object: ObjectMaker,
  type: T,
  code: C,
) {
  return object({
    type,
    code,
    message: z.string().check(z.maxLength(200)),
    field: z.optional(z.string().check(z.regex(/^[a-zA-Z]{1,32}$/))),
    retryable: z.boolean(),
    requestId: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/))),
  });
}
