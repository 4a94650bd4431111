import type { BinDigits } from '../bin.ts';
import type { SessionClaims } from './session.ts';
import type { TicketClaims } from './ticket.ts';

/**
 * How much of a BIN a page may see under a ticket, and the session that it brings: as much as the key shows, less where
 * the session says less, and nothing without a session where the page would get no token either. Frame and vault
 * go by it alike.
 */
export function binDigitsOf(
  { binDigits: ofKey = 0, sessionRequired }: Pick<TicketClaims, 'binDigits' | 'sessionRequired'>,
  session: Pick<SessionClaims, 'binDigits'> | undefined,
): BinDigits {
  if (!session) return sessionRequired ? 0 : ofKey;
  const { binDigits = ofKey } = session;
  return binDigits < ofKey ? binDigits : ofKey;
}
