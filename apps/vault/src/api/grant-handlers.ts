import { VaultError } from '../app/vault-error.ts';
import { readDestination } from '../destinations/manage-destinations.ts';
import { createForwardGrant, type ForwardWish } from '../grants/create-forward-grant.ts';
import { createGrant, type RevealWish } from '../grants/create-grant.ts';
import { forwardGrantOf, grantOf } from '../grants/grant-store.ts';
import type { Vault } from '../vault.ts';
import { byOf, type Caller, type Handlers } from './bind-routes.ts';

/** What a backend may do with grants. */
export function grantHandlers(vault: Vault): Pick<Handlers, 'createGrant'> {
  return {
    createGrant: ({ body }, caller) =>
      body.purpose === 'reveal' ? toReveal(caller, body) : toForward(vault, caller, body),
  };
}

function toReveal(caller: Caller, wish: RevealWish) {
  return caller.transact(async (sql) => {
    const { row, text } = await createGrant(sql, byOf(caller), wish);
    return { ...grantOf(row), grant: text };
  });
}

/** The record is read before: its key may have to wait for the KEK. */
async function toForward(vault: Vault, caller: Caller, wish: ForwardWish) {
  const record = await readDestination(vault, caller.sql, caller.key, wish.destination);
  if (record.state === 'disabled') throw VaultError.because('not_found', 'destination_gone');
  return caller.transact(async (sql) => {
    const { row, text } = await createForwardGrant(sql, byOf(caller), wish, record);
    return { ...forwardGrantOf(row), grant: text };
  });
}
