import type { TicketClaims } from '@hushfield/contract/boot';
import { VaultError } from '../app/vault-error.ts';
import { seconds } from '../clock.ts';
import { verifyTicket } from '../fields/ticket.ts';
import type { Vault } from '../vault.ts';

/**
 * Verifies the ticket of a request from a frame, and that the page it names is one of the ticket's.
 *
 * @throws VaultError `unauthorized` or `origin_not_allowed`.
 */
export function admitTicket(
  vault: Vault,
  { ticket, parentOrigin }: { readonly ticket: string; readonly parentOrigin: string },
): TicketClaims {
  const claims = verifyTicket(vault.keys.secret('ticket'), ticket, seconds(vault.now()));
  if (claims.mode !== vault.mode) throw new VaultError('unauthorized');
  if (!claims.origins.includes(parentOrigin)) throw new VaultError('origin_not_allowed');
  return claims;
}
