import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOnce, destroyFile, replaceFile } from './durable-file.ts';
import { KeyDirectory, KeysUnavailable } from './key-directory.ts';
import { ReceiveKeys } from './receive-keys.ts';

const TENANT = `ten_${'A'.repeat(22)}`;
let folder: string;
let time: { now: number };
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hushfield-keys-')), 'keys');
  time = { now: 1_000_000_000_000 };
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const open = () => new KeyDirectory(folder, () => time.now);
const copy = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );

test('gives the same keys to everyone who opens it, and different ones by name', () => {
  const names = ['pepper', 'ticket', 'manifest', 'offline-root/root'] as const;
  const first = open();
  const second = open();
  const keys = names.map((name) => copy(first.secret(name)));
  expect(names.map((name) => copy(second.secret(name)))).toStrictEqual(keys);
  expect(new Set(keys).size).toBe(names.length);
  expect(copy(open().fingerprintKey(TENANT))).toBe(copy(first.fingerprintKey(TENANT)));
  expect(open().dataKey(TENANT)).toStrictEqual(first.dataKey(TENANT));
  expect(first.fingerprintKey(TENANT)).not.toStrictEqual(
    first.fingerprintKey(`ten_${'B'.repeat(22)}`),
  );
});

test('is closed to other users', () => {
  const keys = open();
  keys.secret('offline-root/root');
  keys.dataKey(TENANT);
  const modes = files().map((path) => {
    const stat = statSync(path);
    return [stat.isDirectory(), (stat.mode & 0o777).toString(8)].join();
  });
  expect(new Set(modes)).toStrictEqual(new Set(['true,700', 'false,600']));
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
});

test('writes no key but the KEK in clear', () => {
  const keys = open();
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

test('has a data key on the disk before it is given out', () => {
  const keys = open();
  expect(keys.hasDataKey(TENANT)).toBe(false);
  keys.dataKey(TENANT);
  expect(open().hasDataKey(TENANT)).toBe(true);
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
  keys.secret('ticket');
  writeFileSync(join(folder, 'pepper'), readFileSync(join(folder, 'ticket')));
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
  expect(files().filter((each) => statSync(each).isFile())).toStrictEqual([join(folder, 'kek')]);
});
