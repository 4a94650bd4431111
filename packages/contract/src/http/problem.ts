import * as z from 'zod/mini';
import { ErrorCode } from '../errors/codes.ts';

/**
 * RFC 9457 body (`application/problem+json`). `type` is a URN, so that nothing is fetched; `code` is
 * the same code as everywhere else, and `requestId` finds the detailed line in the vault's log.
 */
export const Problem = z.strictObject({
  type: z.string().check(z.regex(/^urn:hushfield:error:[a-z_]{1,40}$/)),
  title: z.string().check(z.maxLength(200)),
  status: z.int().check(z.minimum(400), z.maximum(599)),
  code: ErrorCode,
  field: z.optional(z.string().check(z.maxLength(64))),
  retryable: z.boolean(),
  requestId: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
});
export type Problem = z.infer<typeof Problem>;
