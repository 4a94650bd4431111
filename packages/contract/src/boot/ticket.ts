import * as z from 'zod/mini';
import { BinDigits } from '../bin.ts';
import { base64url, Origin } from '../limits.ts';
import { Mode } from '../mode.ts';
import { TenantId } from '../owner.ts';

/**
 * What a frame ticket says. On the wire it is `base64url(JSON) "." base64url(HMAC-SHA256)`; the frame
 * reads the claims to build the seal's binding, only the vault can verify them.
 */
export const TicketClaims = z.strictObject({
  v: z.literal(1),
  mode: Mode,
  tenant: TenantId,
  /** Id of the publishable key, not the key. */
  key: z.string().check(z.regex(/^[0-9A-Za-z]{8}$/)),
  origins: z.array(Origin).check(z.minLength(1), z.maxLength(32)),
  nonce: base64url(16),
  /** Unix seconds. */
  iat: z.int(),
  exp: z.int(),
  /** How often one ticket may be used. */
  attempts: z.int().check(z.minimum(1), z.maximum(100)),
  /** Its key takes cards under sessions alone, or cost more when it was given out. */
  sessionRequired: z.optional(z.literal(true)),
  /** How much of a BIN its key lets a page see; none without. */
  binDigits: z.optional(BinDigits),
});
export type TicketClaims = z.infer<typeof TicketClaims>;
