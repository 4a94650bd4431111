import { type ApiKey, Scope } from '@hushfield/contract/api';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import { isAddressBlock } from '../tenants/allowed-address.ts';
import {
  type IssuedKey,
  issueKey,
  type KeyWish,
  mintKey,
  revokeKey,
  rollKey,
} from '../tenants/issue-key.ts';
import { grantsItself, mayDo } from '../tenants/scopes.ts';
import { findOwnKey, listKeys, type StoredKey } from '../tenants/tenant-store.ts';
import { refuseCardText } from '../tokens/refuse-card-text.ts';
import type { Vault } from '../vault.ts';
import type { Caller, Handlers } from './bind-routes.ts';

const ENDED_SHOWN_MS = 30 * 86_400_000;
const KINDS = { publishable: 'pk', secret: 'sk', restricted: 'rk' } as const;
const NAMES = { pk: 'publishable', sk: 'secret', rk: 'restricted' } as const;

type KeyHandlers = Pick<
  Handlers,
  'createApiKey' | 'listApiKeys' | 'getApiKey' | 'rollApiKey' | 'revokeApiKey'
>;

/** What a backend may do with its tenant's keys. */
export function keyHandlers(vault: Vault): KeyHandlers {
  const issuerOf = ({ actor, requestId, address }: Caller) => ({
    vault,
    ...{ actor, requestId, address },
  });
  const shown = async (sql: Sql, caller: Caller, { key, keyId }: IssuedKey) => ({
    ...viewOf(await ownKey(sql, caller, keyId)),
    key,
  });
  return {
    async createApiKey({ body }, caller) {
      const { kind, label = '', sessionsRequired = false, expiresAt = null } = body;
      const { forwardNeedsGrant = false, binDigits = 0 } = body;
      const { origins = [], addresses = [], scopes = [] } = body;
      const wish: KeyWish = {
        ...{ tenant: caller.key.tenant, mode: caller.key.mode, kind: KINDS[kind] },
        ...{ label, sessionsRequired, binDigits, forwardNeedsGrant, scopes, addresses, origins },
        expiresAt: expiresAt === null ? null : new Date(expiresAt),
      };
      refuseCardText('label', label);
      refuseSenseless(wish, caller.now);
      refuseMore(caller.key, wish);
      const minted = await mintKey(vault, wish);
      return caller.transact(async (sql) =>
        shown(sql, caller, await issueKey(sql, issuerOf(caller), wish, minted)),
      );
    },

    async listApiKeys(_input, { sql, key, now }) {
      const since = new Date(now.getTime() - ENDED_SHOWN_MS);
      const keys = await listKeys(sql, key.tenant, since);
      const data = keys.filter(({ mode }) => mode === key.mode).map(viewOf);
      return { object: 'list', data, nextCursor: null };
    },

    async getApiKey({ params }, caller) {
      return viewOf(await ownKey(caller.sql, caller, params.id));
    },

    async rollApiKey({ params, body }, caller) {
      const old = await ownKey(caller.sql, caller, params.id);
      refuseMore(caller.key, old);
      const minted = await mintKey(vault, old);
      return caller.transact(async (sql) => {
        const issued = await rollKey(sql, issuerOf(caller), old, minted, body.overlap * 1000);
        if (issued === undefined) throw VaultError.because('not_found', 'record_missing');
        return shown(sql, caller, issued);
      });
    },

    async revokeApiKey({ params }, caller) {
      const { tenant, keyId } = await ownKey(caller.sql, caller, params.id);
      const ended = await caller.transact((sql) => revokeKey(sql, issuerOf(caller), tenant, keyId));
      if (!ended) throw VaultError.because('not_found', 'record_missing');
      return undefined;
    },
  };
}

/** Another tenant's, another mode's and none are one answer. */
async function ownKey(sql: Sql, { key }: Caller, keyId: string): Promise<StoredKey> {
  const found = await findOwnKey(sql, { tenant: key.tenant, keyId });
  if (found?.mode !== key.mode) throw VaultError.because('not_found', 'record_missing');
  return found;
}

/** A wish that cannot mean what it says. */
function refuseSenseless(wish: KeyWish, now: Date): void {
  const { kind, scopes = [], addresses = [], origins = [], expiresAt, forwardNeedsGrant } = wish;
  const { binDigits = 0 } = wish;
  const publishable = kind === 'pk';
  const misplaced = publishable
    ? scopes.length + addresses.length > 0
    : origins.length + binDigits > 0;
  const powerless = kind === 'rk' && scopes.length === 0;
  const idle = forwardNeedsGrant === true && !mayDo({ kind, scopes }, 'forward');
  const over = expiresAt instanceof Date && expiresAt <= now;
  if (misplaced || powerless || idle || over || !addresses.every(isAddressBlock)) {
    throw VaultError.because('invalid_request', 'body_form');
  }
  if (grantsItself({ kind, scopes, forwardNeedsGrant: forwardNeedsGrant === true }))
    throw VaultError.because('invalid_request', 'key_grants', { field: 'forwardNeedsGrant' });
}

/**
 * No key can give what it has not: neither a scope, nor more time, nor more places to come from. A
 * thief of a restricted key would else make a secret one.
 *
 * What it has it can give, the right to make keys too: an equal key lives on when the first is revoked.
 * Whoever revokes one that may have been stolen revokes what it has made since.
 */
function refuseMore(own: StoredKey, wish: KeyWish | StoredKey): void {
  const { kind, scopes = [], addresses = [], expiresAt = null } = wish;
  const given = Scope.options.filter((scope) => kind !== 'pk' && mayDo({ kind, scopes }, scope));
  const wider = given.some((scope) => !mayDo(own, scope));
  const longer = own.expiresAt !== null && (expiresAt === null || expiresAt > own.expiresAt);
  const elsewhere =
    kind !== 'pk' &&
    own.addresses.length > 0 &&
    (addresses.length === 0 || !addresses.every((block) => own.addresses.includes(block)));
  const looser =
    own.forwardNeedsGrant && given.includes('forward') && wish.forwardNeedsGrant !== true;
  if (wider || longer || elsewhere || looser)
    throw VaultError.because('policy_denied', 'key_wider');
}

function viewOf(key: StoredKey): ApiKey {
  return {
    id: key.keyId,
    object: 'api_key',
    kind: NAMES[key.kind],
    mode: key.mode,
    label: key.label,
    scopes: key.scopes.map((scope) => Scope.parse(scope)),
    addresses: [...key.addresses],
    origins: [...key.origins],
    sessionsRequired: key.sessionsRequired,
    binDigits: key.binDigits,
    forwardNeedsGrant: key.forwardNeedsGrant,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    rolledFrom: key.rolledFrom,
  };
}
