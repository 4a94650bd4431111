import { expect, test } from 'vitest';
import type { Facts } from './facts.ts';
import { judge } from './judge.ts';

const SOUND: Facts = {
  engine: 'postgres',
  kek: 'pkcs11',
  fieldsOrigin: 'https://fields.vault.example',
  apiOrigin: 'https://api.vault.example',
  merchantOrigins: ['https://shop.example', 'https://other.example'],
  unprovedOrigins: 0,
  clockSkewMs: 40,
  schemaIsOurs: true,
  server: { mighty: false, tls: true, fsync: true, logs_values: false },
  folders: [{ path: '/data', bits: 0o700 }],
};
const found = (facts: Facts) =>
  judge(facts).flatMap(({ id, level }) => (level === 'ok' ? [] : [`${level} ${id}`]));
const server = (change: object) => ({ server: { ...SOUND.server, ...change } as Facts['server'] });

test('is content with a sound deployment, and says of each rule that it holds', () => {
  const findings = judge(SOUND);
  expect(new Set(findings.map(({ level }) => level))).toStrictEqual(new Set(['ok']));
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
});

test.each<[string, Partial<Facts>, string]>([
  ['a KEK in a file', { kek: 'directory' }, 'unsafe kek'],
  ['the embedded database', { engine: 'embedded', server: undefined }, 'unsafe database'],
  ['fields by http', { fieldsOrigin: 'http://fields.vault.example' }, 'unsafe https'],
  ['an API by http', { apiOrigin: 'http://api.vault.example' }, 'unsafe https'],
  ['fields on a shop’s domain', { merchantOrigins: ['https://www.vault.example'] }, 'unsafe site'],
  ['fields on a shop’s own origin', { merchantOrigins: [SOUND.fieldsOrigin] }, 'unsafe site'],
  ['a clock ahead', { clockSkewMs: 2_001 }, 'unsafe clock'],
  ['a clock behind', { clockSkewMs: -60_000 }, 'unsafe clock'],
  ['a changed schema', { schemaIsOurs: false }, 'unsafe schema'],
  ['a database without fsync', server({ fsync: false }), 'unsafe fsync'],
  ['a mighty login', server({ mighty: true }), 'warning login'],
  ['a clear line', server({ tls: false }), 'warning database-tls'],
  ['a talkative log', server({ logs_values: true }), 'warning logged-values'],
  ['an open folder', { folders: [{ path: '/data', bits: 0o750 }] }, 'unsafe folders'],
  ['an unproved origin', { unprovedOrigins: 1 }, 'warning origins'],
])('finds %s, and nothing else', (_name, change, finding) => {
  expect(found({ ...SOUND, ...change })).toStrictEqual([finding]);
});

test.each([
  ['shop.github.io and vault.github.io', 'https://shop.github.io', 'https://vault.github.io', []],
  ['shop.co.uk and vault.co.uk', 'https://shop.co.uk', 'https://vault.co.uk', []],
  [
    'a.shop.co.uk and b.shop.co.uk',
    'https://a.shop.co.uk',
    'https://b.shop.co.uk',
    ['unsafe site'],
  ],
  ['two addresses', 'https://192.0.2.1', 'https://192.0.2.2', []],
])('tells sites apart by the public suffix list: %s', (_name, shop, fieldsOrigin, findings) => {
  const facts = { ...SOUND, merchantOrigins: [shop], fieldsOrigin };
  expect(found(facts)).toStrictEqual(findings);
});
