import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOnce, destroyFile, replaceFile } from './durable-file.ts';
import { openKeyDirectory } from './first-start.ts';
import { type KeyDirectory, KeysUnavailable, SECRET_NAMES } from './key-directory.ts';
import { ReceiveKeys } from './receive-keys.ts';

const TENANT = `ten_${'A'.repeat(22)}`;
let folder: string;
let time: { now: number };
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hushfield-keys-')), 'keys');
  time = { now: 1_000_000_000_000 };
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const OTHER = `ten_${'B'.repeat(22)}`;
const open = () => openKeyDirectory(folder, () => time.now);
/** With the keys of a tenant. */
const inUse = () => {
  const keys = open();
  keys.createTenantKeys(TENANT);
  return keys;
};
const copy = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );

test('gives the same keys to everyone who opens it, and different ones by name', () => {
  const names = SECRET_NAMES;
  const first = inUse();
  first.createTenantKeys(OTHER);
  const second = open();
  const keys = names.map((name) => copy(first.secret(name)));
  expect(names.map((name) => copy(second.secret(name)))).toStrictEqual(keys);
  expect(new Set(keys).size).toBe(names.length);
  expect(copy(open().fingerprintKey(TENANT))).toBe(copy(first.fingerprintKey(TENANT)));
  expect(open().dataKey(TENANT)).toStrictEqual(first.dataKey(TENANT));
  expect(first.fingerprintKey(TENANT)).not.toStrictEqual(first.fingerprintKey(OTHER));
});

test('is closed to other users', () => {
  inUse();
  const modes = files().map((path) => {
    const stat = statSync(path);
    return [stat.isDirectory(), (stat.mode & 0o777).toString(8)].join();
  });
  expect(new Set(modes)).toStrictEqual(new Set(['true,700', 'false,600']));
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
});

test('writes no key but the KEK in clear', () => {
  const keys = inUse();
  const secrets = [
    keys.secret('pepper'),
    keys.fingerprintKey(TENANT),
    keys.dataKey(TENANT).key,
  ].map(copy);
  const onDisk = files()
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'hex'))
    .join();
  expect(secrets.filter((secret) => onDisk.includes(secret))).toStrictEqual([]);
});

test('has the keys of a tenant on the disk once they are made, and makes them once', () => {
  const keys = open();
  expect(keys.hasTenantKeys(TENANT)).toBe(false);
  keys.createTenantKeys(TENANT);
  const { id } = keys.dataKey(TENANT);
  keys.createTenantKeys(TENANT);
  expect([open().hasTenantKeys(TENANT), open().dataKey(TENANT).id]).toStrictEqual([true, id]);
});

const USES = [
  ['pepper', (keys) => keys.secret('pepper')],
  ['ticket', (keys) => keys.secret('ticket')],
  ['manifest', (keys) => keys.signingKey('manifest').publicKey],
  ['offline-root/root', (keys) => keys.signingKey('offline-root/root').publicKey],
  [`tenants/${TENANT}.fingerprint`, (keys) => keys.fingerprintKey(TENANT)],
  [`tenants/${TENANT}.pan.0001`, (keys) => keys.dataKey(TENANT).key],
] as const satisfies readonly (readonly [string, (keys: KeyDirectory) => Uint8Array])[];

test.each(USES)('never makes %s anew at run time, and takes it back', (name, use) => {
  const keys = inUse();
  const before = copy(use(keys));
  const path = join(folder, name);
  renameSync(path, `${path}.away`);
  time.now += 5 * 60_000;
  expect(() => use(keys)).toThrow(KeysUnavailable);
  expect(existsSync(path)).toBe(false);
  renameSync(`${path}.away`, path);
  expect(copy(use(keys))).toBe(before);
});

test.each(SECRET_NAMES)('refuses to start where %s was lost', (name) => {
  open();
  rmSync(join(folder, name));
  expect(open).toThrow(`${name} is missing or was wrapped under another KEK; restore it.`);
});

test('finishes a first start that was cut off', () => {
  const pepper = copy(open().secret('pepper'));
  for (const name of ['complete', 'ticket']) rmSync(join(folder, name));
  expect(copy(open().secret('pepper'))).toBe(pepper);
  expect(existsSync(join(folder, 'ticket'))).toBe(true);
});

test('notices within five minutes that the KEK is another', () => {
  const keys = open();
  keys.secret('pepper');
  writeFileSync(join(folder, 'kek'), new Uint8Array(32));
  time.now += 5 * 60_000 - 1;
  keys.secret('pepper');
  time.now += 1;
  expect(() => keys.secret('pepper')).toThrow(KeysUnavailable);
});

test('zeroes a key that is past its time, also when nobody asks', () => {
  const keys = open();
  const pepper = keys.secret('pepper');
  time.now += 5 * 60_000;
  keys.sweep();
  expect(copy(pepper)).toBe('00'.repeat(32));
});

test('refuses a wrapped key that was moved to another name', () => {
  const keys = open();
  writeFileSync(join(folder, 'pepper'), readFileSync(join(folder, 'ticket')));
  time.now += 5 * 60_000;
  expect(() => keys.secret('pepper')).toThrow(KeysUnavailable);
});

test('does not make a new KEK beside keys of an old one', () => {
  open().secret('pepper');
  rmSync(join(folder, 'kek'));
  expect(open).toThrow('has keys but no KEK; restore it.');
});

test('finds a receive key that another process has made', () => {
  const mine = new ReceiveKeys(open(), () => time.now);
  expect(mine.find('A'.repeat(22))).toBeUndefined();
  const other = new ReceiveKeys(open(), () => time.now);
  const key = other.create({ nbf: 1_000_000_000, exp: 1_000_086_400 });
  time.now += 1_000;
  expect(mine.find(key.kid)?.publicKey).toStrictEqual(other.find(key.kid)?.publicKey);
  other.destroy(key);
  expect(other.find(key.kid)).toBeUndefined();
});

test('creates once, replaces whole, and destroys', () => {
  open();
  const path = join(folder, 'file');
  expect(createOnce(path, Buffer.from('first'))).toStrictEqual(
    Uint8Array.from(Buffer.from('first')),
  );
  expect(createOnce(path, Buffer.from('second'))).toStrictEqual(
    Uint8Array.from(Buffer.from('first')),
  );
  replaceFile(path, Buffer.from('third'));
  expect(readFileSync(path, 'utf8')).toBe('third');
  destroyFile(path);
  expect(existsSync(path)).toBe(false);
  expect(files().filter((each) => each.endsWith('.tmp'))).toStrictEqual([]);
});
