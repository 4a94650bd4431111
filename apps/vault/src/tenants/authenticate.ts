import { timingSafeEqual } from 'node:crypto';
import { hashApiKey, parseApiKey } from '@hushfield/crypto/token-id';
import { askOnce, ShortCache } from '../app/short-cache.ts';
import { type Clocks, seconds } from '../clock.ts';
import type { Database } from '../db/sql.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { findKey, rehashKey, type StoredKey, touchKey } from './tenant-store.ts';

const TOUCH_EVERY_MS = 60_000;
/** A revocation is seen within a second; ids come from outside, so few are remembered. */
const REMEMBERED = { lifeMs: 900, max: 10_000 };
const NO_HASH = new Uint8Array(32);

export type KeyRing = Clocks & {
  readonly sql: Database;
  readonly keys: KeyStore;
  /** Keys of the other mode are unknown here. */
  readonly mode: 'test' | 'live';
};

/** Publishable keys come in URLs; secret and restricted ones with a backend's requests. */
const KINDS: Readonly<Record<'publishable' | 'backend', readonly StoredKey['kind'][]>> = {
  publishable: ['pk'],
  backend: ['sk', 'rk'],
};

/**
 * The stored key behind a presented one, or nothing: malformed, unknown, of another kind or mode,
 * wrong, revoked and expired are one answer. Never cached, so a revocation holds from the next request on.
 *
 * @param tell - is told, for the log alone, which of these it was.
 */
export async function authenticate(
  ring: KeyRing,
  as: keyof typeof KINDS,
  presented: string,
  tell: (why: KeyReason, key?: StoredKey) => void = () => {},
): Promise<StoredKey | undefined> {
  const parsed = readKey(ring, as, presented);
  if (typeof parsed === 'string') return nothing(tell, parsed);
  const stored = await findKey(ring.sql.as('fields'), parsed.keyId);
  const hashes = await hashesOf(ring, presented);
  // Also compared when there is no such key, so that time does not tell which ids exist.
  const [match] = hashes.filter(({ hash }) => timingSafeEqual(hash, stored?.hash ?? NO_HASH));
  const itself = stored?.kind === parsed.kind && stored.mode === parsed.mode;
  if (match === undefined || !itself) return nothing(tell, 'key_unknown');
  if (!isInForce(stored, ring.now())) {
    tell('key_ended', stored);
    return undefined;
  }
  await hashAnew(ring, stored, hashes);
  return stored;
}

/** What a key says of itself; or why nobody has to look it up. */
export function readKey(
  { mode }: Pick<KeyRing, 'mode'>,
  as: keyof typeof KINDS,
  presented: string,
) {
  const parsed = parseApiKey(presented);
  if (parsed === undefined || !KINDS[as].includes(parsed.kind)) return 'key_form';
  if (parsed.mode !== mode) return 'key_mode';
  return parsed;
}

export type KeyReason = 'key_form' | 'key_mode' | 'key_unknown' | 'key_ended';

function nothing(tell: (why: KeyReason) => void, why: KeyReason): undefined {
  tell(why);
  return undefined;
}

type Hashed = Pick<StoredKey, 'hash' | 'pepperFrom'>;

/** Under every pepper that there is: around a rotation, keys are hashed with several. */
async function hashesOf({ keys }: Pick<KeyRing, 'keys'>, presented: string): Promise<Hashed[]> {
  const peppers = await keys.secrets('pepper');
  return peppers.map(({ from, key }) => ({ pepperFrom: from, hash: hashApiKey(key, presented) }));
}

/** What is stored of a key that was just made. */
export async function hashNewKey({ keys }: Pick<KeyRing, 'keys'>, key: string): Promise<Hashed> {
  const pepper = await keys.secretInUse('pepper');
  return { pepperFrom: pepper.from, hash: hashApiKey(pepper.key, key) };
}

/** Only here is a key seen whole, so that only here it can change to the pepper in use. */
async function hashAnew(ring: KeyRing, stored: StoredKey, hashes: readonly Hashed[]) {
  const now = seconds(ring.now());
  const inUse = hashes.findLast(({ pepperFrom }) => pepperFrom <= now);
  if (inUse === undefined || inUse.pepperFrom <= stored.pepperFrom) return;
  await rehashKey(ring.sql.as('fields'), stored, inUse);
}

function isInForce({ revokedAt, expiresAt }: StoredKey, now: number): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt.getTime());
}

/** Notes that a key is in use, at most once a minute. */
export async function noteUse(ring: KeyRing, key: StoredKey): Promise<void> {
  const now = ring.now();
  if (key.lastUsedAt !== null && now - key.lastUsedAt.getTime() < TOUCH_EVERY_MS) return;
  await touchKey(ring.sql.as('api', key.tenant), key, new Date(now));
}

/** What tokenizing asks of a key. */
type KeyState = Pick<StoredKey, 'tenant' | 'sessionsRequired'>;

/** Answers for under a second from memory whether a key is in force, for the busiest routes. */
export class KnownKeys {
  readonly #ring: KeyRing;
  /** By key id; nothing of one that is not in force. */
  readonly #states: ShortCache<Promise<KeyState | undefined>>;
  readonly #publishable: ShortCache<Promise<StoredKey | undefined>>;

  constructor(ring: KeyRing) {
    this.#ring = ring;
    this.#states = new ShortCache(REMEMBERED, ring.steady);
    this.#publishable = new ShortCache(REMEMBERED, ring.steady);
  }

  /** What a tenant's key asks for; nothing when it is not in force, or another's. */
  async stateOf(tenant: string, keyId: string): Promise<KeyState | undefined> {
    const state = await askOnce(this.#states, keyId, () => this.#ask(keyId));
    return state?.tenant === tenant ? state : undefined;
  }

  /** As `authenticate`. A malformed key is not remembered: it could be of any length. */
  async publishable(presented: string): Promise<StoredKey | undefined> {
    if (parseApiKey(presented) === undefined) return undefined;
    return askOnce(this.#publishable, presented, () =>
      authenticate(this.#ring, 'publishable', presented),
    );
  }

  async #ask(keyId: string): Promise<KeyState | undefined> {
    const key = await findKey(this.#ring.sql.as('fields'), keyId);
    if (key === undefined || !isInForce(key, this.#ring.now())) return undefined;
    const { tenant, sessionsRequired } = key;
    return { tenant, sessionsRequired };
  }
}
