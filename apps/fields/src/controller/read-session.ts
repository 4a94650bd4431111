import { SessionClaims, type TicketClaims } from '@hushfield/contract/boot';
import type { ErrorCode } from '@hushfield/contract/errors';
import type { Brand } from '@hushfield/contract/frame';
import { type Ed25519Verify, verifySession } from '@hushfield/crypto/seal';
import { fromBase64url } from './base64url.ts';

/** A session that was found good: its id goes into the seal, its text to the vault, its terms to the fields. */
export type Session = {
  readonly id: string;
  readonly text: string;
  /** Null for all. */
  readonly brands: readonly Brand[] | null;
  /** Undefined for as much as the key shows. */
  readonly binDigits: SessionClaims['binDigits'];
};

/**
 * Judges the session a page hands over, as the vault will: a card is not even sealed under one that is
 * forged, somebody else's, or of another page.
 *
 * @returns the session, or the code it is refused with.
 */
export async function readSession(
  text: string,
  by: {
    readonly keys: readonly Uint8Array[];
    readonly verify: Ed25519Verify;
    readonly ticket: TicketClaims;
    readonly parentOrigin: string;
    readonly now: number;
  },
): Promise<Session | ErrorCode> {
  const payload = await verifySession(text, by.keys, by.verify);
  if (payload === undefined) return 'invalid_session';
  const claims = SessionClaims.safeParse(
    JSON.parse(new TextDecoder().decode(fromBase64url(payload))),
  );
  // Signed, and of a form this document does not know: it is older than the vault.
  if (!claims.success) return 'invalid_session';
  const { id, mode, tenant, exp, origins, brands = null, binDigits } = claims.data;
  if (mode !== by.ticket.mode || tenant !== by.ticket.tenant) return 'invalid_session';
  if (by.now >= exp) return 'session_expired';
  return origins.includes(by.parentOrigin) ? { id, text, brands, binDigits } : 'origin_not_allowed';
}
