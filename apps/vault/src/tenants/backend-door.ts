import type { Scope } from '@hushfield/contract/api';
import type { FastifyRequest } from 'fastify';
import { askOnce, ShortCache } from '../app/short-cache.ts';
import type { Reason } from '../app/reasons.ts';
import { VaultError } from '../app/vault-error.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import { FailedKeys } from '../limits/failed-keys.ts';
import type { Vault } from '../vault.ts';
import { isAllowedAddress } from './allowed-address.ts';
import { authenticate, type KeyReason, noteUse, readKey } from './authenticate.ts';
import { mayDo } from './scopes.ts';
import type { StoredKey } from './tenant-store.ts';

const BEARER = /^Bearer (\S{1,200})$/;
/** A leaked key is in every visitor's page: one entry a minute says as much as thousands. */
const ALERTED = { lifeMs: 60_000, max: 1_000 };

const SAYS: Readonly<Record<string, string>> = {
  'key.exposed/policy_denied': 'a secret key came from a browser',
  'key.refused/unauthorized': 'a key came from an address that is not on its list',
  'key.refused/ended': 'a key was used after its end',
  'key.refused/policy_denied': 'a key was used for what it may not do',
};

/** The door of every route for backends: a secret or restricted key, from where it may come. */
export class BackendDoor {
  readonly #vault: Vault;
  readonly #alerted: ShortCache<Promise<void>>;
  readonly #failed: FailedKeys;

  constructor(vault: Vault) {
    this.#vault = vault;
    this.#alerted = new ShortCache(ALERTED, vault.steady);
    this.#failed = new FailedKeys(vault);
  }

  /** @throws VaultError `unauthorized`, or `policy_denied` for a browser and without the scope, `rate_limited`. */
  async admit(request: FastifyRequest, scope: Scope): Promise<StoredKey> {
    const [, presented] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    if (presented === undefined) throw VaultError.because('unauthorized', 'key_missing');
    let reason: Reason = 'key_unknown';
    let ended: StoredKey | undefined;
    const key = await this.#lookUp(request, presented, (why, whose) => {
      [reason, ended] = [why, whose];
    });
    if (key !== undefined) Object.assign(request.facts, { tenant: key.tenant, keyId: key.keyId });
    if (isBrowser(request)) {
      if (key !== undefined) await this.#alert(key, request, 'key.exposed');
      throw VaultError.because('policy_denied', 'key_browser');
    }
    if (ended !== undefined) await this.#alert(ended, request, 'key.refused', 'ended');
    if (key === undefined) throw VaultError.because('unauthorized', reason);
    if (!isAllowedAddress(key.addresses, request.caller)) {
      await this.#alert(key, request, 'key.refused', 'unauthorized');
      throw VaultError.because('unauthorized', 'key_address');
    }
    if (!mayDo(key, scope)) {
      await this.#alert(key, request, 'key.refused');
      throw VaultError.because('policy_denied', 'key_scope');
    }
    await noteUse(this.#vault, key);
    return key;
  }

  /** Behind the share of the address: here a stranger reaches the database. A flawed key needs none. */
  async #lookUp(
    request: FastifyRequest,
    presented: string,
    tell: (why: KeyReason, whose?: StoredKey) => void,
  ): Promise<StoredKey | undefined> {
    const read = readKey(this.#vault, 'backend', presented);
    if (typeof read === 'string') {
      tell(read);
      return undefined;
    }
    return this.#failed.guard(request.caller, presented, {
      find: () => authenticate(this.#vault, 'backend', presented, tell),
      // A leaked key, or one that was stolen, comes from where it may not be: that fails, too.
      belongs: ({ addresses }) =>
        !isBrowser(request) && isAllowedAddress(addresses, request.caller),
    });
  }

  /** Access that was tried and refused (PCI DSS 10.2.1.4), by a key that is one. */
  async #alert(
    key: StoredKey,
    request: FastifyRequest,
    action: 'key.exposed' | 'key.refused',
    outcome: 'policy_denied' | 'unauthorized' | 'ended' = 'policy_denied',
  ): Promise<void> {
    await askOnce(this.#alerted, `${key.tenant}/${key.keyId}/${action}/${outcome}`, async () => {
      this.#warn(request, key, SAYS[`${action}/${outcome}`] ?? action);
      await insertAudit(this.#vault.sql.as('api', key.tenant), {
        tenant: key.tenant,
        at: new Date(this.#vault.now()),
        actor: `key:${key.keyId}`,
        action,
        resource: key.keyId,
        outcome,
        origin: request.caller,
        requestId: request.id,
      });
    });
  }

  #warn(request: FastifyRequest, { tenant, keyId }: StoredKey, what: string): void {
    this.#vault.log.warn({ requestId: request.id, role: 'api', tenant, keyId }, what);
  }
}

function isBrowser({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}
