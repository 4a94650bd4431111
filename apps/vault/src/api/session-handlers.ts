import { Session } from '@hushfield/contract/api';
import { VaultError } from '../app/vault-error.ts';
import { signNewSession, storeSession } from '../sessions/create-session.ts';
import { findSession, type SessionRow } from '../sessions/session-store.ts';
import type { Vault } from '../vault.ts';
import { byOf, type Handlers } from './bind-routes.ts';

/** What a backend may do with sessions. */
export function sessionHandlers({ keys }: Vault): Pick<Handlers, 'createSession' | 'getSession'> {
  return {
    async createSession({ body }, caller) {
      const by = byOf(caller);
      const { row, text } = await signNewSession(keys, by, body);
      return caller.transact(async (sql) => {
        await storeSession(sql, by, row);
        return { ...viewOf(row), session: text };
      });
    },

    async getSession({ params }, { sql, key }) {
      const row = await findSession(sql, key.tenant, params.id);
      if (row?.mode !== key.mode) throw VaultError.because('not_found', 'record_missing');
      return viewOf(row);
    },
  };
}

function viewOf(row: SessionRow): Session {
  return Session.parse({
    id: row.session_id,
    object: 'session',
    mode: row.mode,
    origins: row.origins,
    brands: row.brands,
    fields: row.fields,
    binDigits: row.bin_digits,
    attempts: row.attempts,
    customer: row.customer,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  });
}
