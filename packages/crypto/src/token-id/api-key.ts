import { createHmac, randomBytes } from 'node:crypto';
import { hasCheck, randomBase62, withCheck } from './base62.ts';
import type { Mode } from './token-id.ts';

/** Publishable, secret, restricted. */
export type ApiKeyKind = 'pk' | 'sk' | 'rk';
/** What a key says about itself before any lookup. */
export type ParsedApiKey = {
  readonly kind: ApiKeyKind;
  readonly mode: Mode;
  readonly keyId: string;
};

// kind _ mode _ key id (8) secret (32) check (6)
const API_KEY = /^(pk|sk|rk)_(test|live)_([0-9A-Za-z]{8})[0-9A-Za-z]{38}$/;
const LABEL = 'hushfield/api-key\0';

/**
 * A new API key and the id it is found by: `sk_live_`, 8 digits of key id, 32 secret base62 digits
 * (190 bits), 6 check digits. Show `key` once; keep only {@link hashApiKey} of it.
 *
 * @example const { key, keyId } = newApiKey('sk', 'live');
 */
export function newApiKey(kind: ApiKeyKind, mode: Mode): { key: string; keyId: string } {
  const keyId = randomBase62(8, randomBytes);
  return { key: withCheck(`${kind}_${mode}_${keyId}${randomBase62(32, randomBytes)}`), keyId };
}

/** Reads a key's own statements, or gives `undefined` when form or check is wrong. */
export function parseApiKey(text: string): ParsedApiKey | undefined {
  const [, kind, mode, keyId] = API_KEY.exec(text) ?? [];
  if (keyId === undefined || !isKind(kind) || !isMode(mode) || !hasCheck(text)) return undefined;
  return { kind, mode, keyId };
}

/**
 * What is stored of a key: HMAC-SHA256 (32 bytes) under a pepper kept apart from the database.
 * Compare in constant time.
 *
 * @throws RangeError unless the pepper has at least 32 bytes.
 */
export function hashApiKey(pepper: Uint8Array, key: string): Uint8Array {
  if (pepper.length < 32) throw new RangeError('a pepper has at least 32 bytes');
  return Uint8Array.from(createHmac('sha256', pepper).update(LABEL).update(key).digest());
}

function isKind(text: string | undefined): text is ApiKeyKind {
  return text === 'pk' || text === 'sk' || text === 'rk';
}

function isMode(text: string | undefined): text is Mode {
  return text === 'test' || text === 'live';
}
