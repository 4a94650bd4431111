import type { SessionClaims, TicketClaims } from '@hushfield/contract/boot';
import { fallbackEd25519 } from '@hushfield/crypto/fallback';
import { generateSigningSeed, importSigningSeed } from '@hushfield/crypto/manifest';
import { nativeEd25519 } from '@hushfield/crypto/seal';
import { signSession } from '@hushfield/crypto/session';
import { describe, expect, it } from 'vitest';
import { toBase64url } from './base64url.ts';
import { readSession } from './read-session.ts';

const NOW = 1_795_000_000;
const SHOP = 'https://shop.example';
const TENANT = `ten_${'A'.repeat(22)}`;
const key = importSigningSeed(generateSigningSeed());
const next = importSigningSeed(generateSigningSeed());
const ticket: TicketClaims = {
  v: 1,
  mode: 'test',
  tenant: TENANT,
  key: 'AAAAAAAA',
  origins: [SHOP, 'https://b.example'],
  nonce: 'A'.repeat(22),
  iat: NOW,
  exp: NOW + 1_800,
  attempts: 20,
};
const claims: SessionClaims = {
  v: 1,
  mode: 'test',
  tenant: TENANT,
  id: `ses_${'a'.repeat(22)}`,
  origins: [SHOP],
  attempts: 20,
  iat: NOW,
  exp: NOW + 900,
};

const signed = (change: object = {}, by = key) =>
  signSession(by, toBase64url(new TextEncoder().encode(JSON.stringify({ ...claims, ...change }))));

const native = await nativeEd25519();
if (native === undefined) throw new Error('this Node has no Ed25519');

describe.each([
  ['natively', native],
  ['by the fallback', fallbackEd25519],
] as const)('a session, verified %s', (_engine, verify) => {
  const read = (text: string, change: object = {}) =>
    readSession(text, {
      keys: [key.publicKey, next.publicKey],
      verify,
      ticket,
      parentOrigin: SHOP,
      now: NOW,
      ...change,
    });

  it('is taken for its own page until it runs out, under either key of a rotation', async () => {
    const narrow = signed({ brands: ['visa'], binDigits: 6, customer: 'c-1' }, next);
    const common = { id: claims.id, binDigits: undefined };
    const now = NOW + 899;
    expect(await read(signed(), { now })).toStrictEqual({
      ...common,
      text: signed(),
      brands: null,
    });
    expect(await read(narrow, { now })).toStrictEqual({
      ...common,
      text: narrow,
      brands: ['visa'],
      binDigits: 6,
    });
  });

  it('is taken a little before it begins: nodes’ clocks differ', async () => {
    const text = signed();
    expect(await read(text, { now: NOW - 5 })).toMatchObject({ id: claims.id, text });
  });

  const stranger = importSigningSeed(generateSigningSeed());
  it.each<[string, string, object, string]>([
    ['forged', signed({}, stranger), {}, 'invalid_session'],
    [
      'changed',
      `${signed({ attempts: 100 }).split('.')[0]}.${signed().split('.')[1]}`,
      {},
      'invalid_session',
    ],
    ['truncated', signed().slice(0, -1), {}, 'invalid_session'],
    ['of another tenant', signed({ tenant: `ten_${'B'.repeat(22)}` }), {}, 'invalid_session'],
    ['of the other mode', signed({ mode: 'live' }), {}, 'invalid_session'],
    ['of a form that is not known', signed({ v: 2 }), {}, 'invalid_session'],
    ['with a claim that is not known', signed({ everything: true }), {}, 'invalid_session'],
    ['at its end', signed(), { now: NOW + 900 }, 'session_expired'],
    ['of another page', signed({ origins: ['https://b.example'] }), {}, 'origin_not_allowed'],
    ['in another page', signed(), { parentOrigin: 'https://b.example' }, 'origin_not_allowed'],
    // What is not ours is not told how old it is.
    ['forged and old', signed({ exp: 1 }, stranger), {}, 'invalid_session'],
    [
      'of another tenant and old',
      signed({ tenant: `ten_${'B'.repeat(22)}`, exp: 1 }),
      {},
      'invalid_session',
    ],
  ])('attacks: is refused when %s', async (_name, text, change, code) => {
    expect(await read(text, change)).toBe(code);
  });
});
