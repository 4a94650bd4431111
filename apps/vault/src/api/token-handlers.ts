import { BackendToken } from '@hushfield/contract/api';
import { VaultError } from '../app/vault-error.ts';
import { forgetCustomer } from '../sessions/session-store.ts';
import { insertImport, sealImport } from '../tokens/import-token.ts';
import {
  deletePortion,
  deleteToken,
  type TokenChange,
  updateToken,
} from '../tokens/change-tokens.ts';
import { listTokens } from '../tokens/list-tokens.ts';
import { refuseCardText, textsOf } from '../tokens/refuse-card-text.ts';
import { revealToken } from '../tokens/reveal-token.ts';
import { storeSealed } from '../tokens/store-sealed.ts';
import { findToken } from '../tokens/token-store.ts';
import { type BackendRow, tokenOf } from '../tokens/token-view.ts';
import type { Vault } from '../vault.ts';
import { byOf, type Caller, type Handlers } from './bind-routes.ts';
import { cursorOf, positionOf } from './cursor.ts';

const PAGE = 20;
/** Of one request, which must end before its caller gives up. */
const MOST_PORTIONS = 20;

type TokenHandlers = Pick<
  Handlers,
  | 'importToken'
  | 'getToken'
  | 'listTokens'
  | 'updateToken'
  | 'deleteToken'
  | 'revealToken'
  | 'eraseCustomer'
>;

/** What a backend may do with tokens. */
export function tokenHandlers(vault: Vault): TokenHandlers {
  return {
    async importToken({ body }, caller) {
      refuseCards(body);
      const given = { ...body, expiresAt: endOf(body, caller) };
      const by = byOf(caller);
      const forget = () => vault.keys.forget(by.tenant);
      return storeSealed(forget, async () => {
        const sealed = await sealImport(vault, by, given);
        return caller.transact(async (sql) => {
          const row = await insertImport(sql, by, sealed);
          return row && viewOf({ ...row, cvc_expires_at: null });
        });
      });
    },

    async getToken({ params }, { sql, key, now }) {
      const row = await findToken(sql, key.tenant, params.id, now);
      return viewOf(row?.mode === key.mode ? row : undefined);
    },

    async listTokens({ query }, { sql, key, now }) {
      const { fingerprint, customer, cursor, limit = PAGE } = query;
      const value = fingerprint ?? customer;
      if (value === undefined || (fingerprint !== undefined && customer !== undefined)) {
        throw VaultError.because('invalid_request', 'query_form');
      }
      const by = fingerprint === undefined ? 'customer' : 'fingerprint';
      const { tenant, mode } = key;
      const after = cursor === undefined ? undefined : positionOf(cursor);
      const { rows, end } = await listTokens(sql, { tenant, mode, by, value, after, limit, now });
      const nextCursor = end === undefined ? null : cursorOf(end);
      return { object: 'list', data: rows.map(viewOf), nextCursor };
    },

    async updateToken({ params, body }, caller) {
      const { customer, metadata } = body;
      refuseCards(body);
      const change = { customer, metadata, expiresAt: endOf(body, caller) };
      return viewOf(await updateToken(caller.sql, byOf(caller), params.id, change));
    },

    async deleteToken({ params }, caller) {
      if (!(await deleteToken(caller.sql, byOf(caller), params.id)))
        throw VaultError.because('not_found', 'record_missing');
      return undefined;
    },

    async revealToken({ params, body }, caller) {
      return revealToken(vault, byOf(caller), caller.sql, params.id, body.redaction);
    },

    async eraseCustomer({ params: { customer } }, caller) {
      await forgetCustomer(caller.sql, caller.key, customer);
      const { tokens, complete } = await deletePortions(caller, customer);
      return { object: 'erased_customer', customer, tokens, complete };
    },
  };
}

type Words = Pick<Partial<TokenChange>, 'customer' | 'metadata'>;

function refuseCards({ customer, metadata }: Words): void {
  refuseCardText('customer', customer);
  refuseCardText('metadata', ...textsOf(metadata));
}

/** Each portion is a transaction of its own: neither locks nor time grow with the customer. */
async function deletePortions(caller: Caller, customer: string) {
  let tokens = 0;
  for (let portion = 0; portion < MOST_PORTIONS; portion++) {
    const gone = await deletePortion(caller.sql, byOf(caller), customer);
    tokens += gone.tokens;
    if (gone.isLast) return { tokens, complete: true };
  }
  return { tokens, complete: false };
}

function viewOf(row: BackendRow | undefined): BackendToken {
  if (row === undefined) throw VaultError.because('not_found', 'record_missing');
  const { fingerprint, customer, metadata, cvc_expires_at } = row;
  const cvcExpiresAt = cvc_expires_at?.toISOString() ?? null;
  return BackendToken.parse({ ...tokenOf(row), cvcExpiresAt, fingerprint, customer, metadata });
}

/** When a token is to end; a moment that has passed is a mistake, and not a deletion. */
function endOf(
  { expiresAt }: { readonly expiresAt?: string | null | undefined },
  { now }: Caller,
): Date | null | undefined {
  if (typeof expiresAt !== 'string') return expiresAt;
  const end = new Date(expiresAt);
  if (end <= now) throw VaultError.because('invalid_request', 'body_form');
  return end;
}
