import { timingSafeEqual } from 'node:crypto';
import { hashApiKey, parseApiKey } from '@hushfield/crypto/token-id';
import type { Clock } from '../clock.ts';
import type { Sql } from '../db/sql.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import { findKey, type StoredKey, touchKey } from './tenant-store.ts';

const TOUCH_EVERY_MS = 60_000;
const REVOCATION_SEEN_MS = 900;
const MAX_REMEMBERED = 10_000;
const NO_HASH = new Uint8Array(32);

export type KeyRing = { readonly sql: Sql; readonly keys: KeyDirectory; readonly now: Clock };

/**
 * The stored key behind a presented one, or nothing: malformed, unknown, of the other kind, wrong
 * and revoked are one answer. Never cached, so a revocation holds from the next request on.
 */
export async function authenticate(
  ring: KeyRing,
  kind: 'pk' | 'sk',
  presented: string,
): Promise<StoredKey | undefined> {
  const parsed = parseApiKey(presented);
  if (parsed === undefined || parsed.kind !== kind) return undefined;
  const stored = await findKey(ring.sql, parsed.keyId);
  const hash = hashApiKey(ring.keys.secret('pepper'), presented);
  // Also compared when there is no such key, so that time does not tell which ids exist.
  const equal = timingSafeEqual(hash, stored?.hash ?? NO_HASH);
  if (!equal || stored === undefined || stored.kind !== kind || stored.mode !== parsed.mode) {
    return undefined;
  }
  return stored.revokedAt === null ? stored : undefined;
}

/** Notes that a key is in use, at most once a minute. */
export async function noteUse(ring: KeyRing, key: StoredKey): Promise<void> {
  const now = ring.now();
  if (key.lastUsedAt !== null && now - key.lastUsedAt.getTime() < TOUCH_EVERY_MS) return;
  await touchKey(ring.sql, key.keyId, new Date(now));
}

/** Answers for under a second from memory whether a key is in force, for the busiest route. */
export class KeyStates {
  readonly #ring: KeyRing;
  /** The tenant a key is in force for, by key id. */
  readonly #seen = new Map<
    string,
    { readonly owner: string | undefined; readonly until: number }
  >();

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  async inForce(tenant: string, keyId: string): Promise<boolean> {
    return (await this.#ownerOf(keyId)) === tenant;
  }

  async #ownerOf(keyId: string): Promise<string | undefined> {
    const seen = this.#seen.get(keyId);
    if (seen !== undefined && this.#ring.now() < seen.until) return seen.owner;
    // Counted from before the question, so that a slow answer is not kept for longer.
    const until = this.#ring.now() + REVOCATION_SEEN_MS;
    const key = await findKey(this.#ring.sql, keyId);
    const owner = key?.revokedAt === null ? key.tenant : undefined;
    if (this.#seen.size >= MAX_REMEMBERED) this.#seen.clear();
    this.#seen.set(keyId, { owner, until });
    return owner;
  }
}
