import * as z from 'zod/mini';
import { BinDigits } from '../bin.ts';
import { Brand } from '../brand.ts';
import { Origin } from '../limits.ts';
import { Customer, TenantId } from '../owner.ts';
import { Mode } from '../mode.ts';

export const SessionId = z.string().check(z.regex(/^ses_[0-9A-Za-z]{22}$/));

/** Cards that are taken: those that run on one of these networks. */
export const Brands = z.array(Brand).check(z.minLength(1), z.maxLength(32));

/** Fields that a card must come with, beside number and expiry, which it always has. */
export const RequiredFields = z.array(z.enum(['cvc', 'name', 'postalCode'])).check(z.maxLength(3));

/** How long a session may last. Nothing ends one early, so that this is also how long a mistake lasts. */
export const SESSION_SECONDS = { least: 60, most: 3_600 } as const;

/**
 * What a session says: the conditions under which a merchant's backend lets a page tokenize. On the wire
 * it is `base64url(JSON) "." base64url(Ed25519)`. It is signed with a key pair and not, as a ticket, by an
 * HMAC, so that the frame can judge it too, before it seals a card under it.
 */
export const SessionClaims = z.strictObject({
  v: z.literal(1),
  mode: Mode,
  tenant: TenantId,
  id: SessionId,
  origins: z.array(Origin).check(z.minLength(1), z.maxLength(32)),
  /** All, without. */
  brands: z.optional(Brands),
  fields: z.optional(RequiredFields),
  /** The most of a BIN that the page may see; never more than its key shows. */
  binDigits: z.optional(BinDigits),
  /** How many cards may be tried, over all tickets and nodes. */
  attempts: z.int().check(z.minimum(1), z.maximum(100)),
  /** Goes onto every token that is made under it. */
  customer: z.optional(Customer),
  /** Unix seconds. */
  iat: z.int(),
  exp: z.int(),
});
export type SessionClaims = z.infer<typeof SessionClaims>;
