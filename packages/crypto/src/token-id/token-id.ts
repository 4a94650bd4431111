import { randomBytes } from 'node:crypto';
import { hasCheck, randomBase62, withCheck } from './base62.ts';

/** Test ids and live ids are told apart by sight. */
export type Mode = 'test' | 'live';

const TOKEN_ID = /^tok_(?:test|live)_[0-9A-Za-z]{28}$/;
const PREFIX = /^[a-z][a-z0-9_]{0,23}$/;
const RANDOM_DIGITS = 22; // 62^22 > 2^130

/**
 * A new token id: `tok_{test|live}_`, 22 random base62 digits, 6 check digits.
 *
 * @example newTokenId('test') // 'tok_test_…'
 */
export function newTokenId(mode: Mode): string {
  return withCheck(`tok_${mode}_${randomBase62(RANDOM_DIGITS, randomBytes)}`);
}

/** Whether a text has the form of a token id with a correct check. Says nothing of existence. */
export function isTokenId(text: string): boolean {
  return TOKEN_ID.test(text) && hasCheck(text);
}

/**
 * A new id for anything else: `prefix`, `_`, 22 random base62 digits.
 *
 * @throws RangeError unless the prefix is up to 24 lower-case letters, digits and underscores.
 * @example newId('req') // 'req_…'
 */
export function newId(prefix: string): string {
  if (!PREFIX.test(prefix)) throw new RangeError('prefix is not an id prefix');
  return `${prefix}_${randomBase62(RANDOM_DIGITS, randomBytes)}`;
}
