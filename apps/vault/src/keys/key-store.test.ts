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
import { createOnce, destroyFile, destroyLeaving, replaceFile } from './durable-file.ts';
import { type Opening, openKeyStore } from './first-start.ts';
import { directoryKek } from './kek/directory-kek.ts';
import { KeysUnavailable } from './kek/kek.ts';
import type { KeyStore } from './key-store.ts';
import { ReceiveKeys } from './receive-keys.ts';
import { SECRET_NAMES } from './secret-files.ts';

const TENANT = `ten_${'A'.repeat(22)}`;
let folder: string;
let time: { now: number };
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hushfield-keys-')), 'keys');
  time = { now: 1_000_000_000_000 };
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const OTHER = `ten_${'B'.repeat(22)}`;
const clock = () => time.now;
const clocks = { now: clock, steady: clock };
const open = (makes: Opening['makes'] = 'new') =>
  openKeyStore(folder, directoryKek(folder), clocks, {
    ...{ mode: 'test', makes },
    needs: new Set(SECRET_NAMES),
  });
/** With the keys of a tenant. */
const inUse = async () => {
  const keys = await open();
  await keys.tenants.create(TENANT);
  return keys;
};
const copy = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );
const secretsOf = async (keys: KeyStore) =>
  Promise.all(SECRET_NAMES.map(async (name) => copy(await keys.secret(name))));
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('gives the same keys to everyone who opens it, and different ones by name', async () => {
  const first = await inUse();
  await first.tenants.create(OTHER);
  const second = await open();
  const keys = await secretsOf(first);
  expect(await secretsOf(second)).toStrictEqual(keys);
  expect(new Set(keys).size).toBe(SECRET_NAMES.length);
  const own = await first.tenantKeys(TENANT);
  expect(await second.tenantKeys(TENANT)).toStrictEqual(own);
  expect(await second.dataKey(TENANT, own.pan.id)).toStrictEqual(own.pan);
  expect((await first.tenantKeys(OTHER)).fingerprint).not.toStrictEqual(own.fingerprint);
});

test('is closed to other users', async () => {
  await inUse();
  const modes = files().map((path) => {
    const stat = statSync(path);
    return [stat.isDirectory(), (stat.mode & 0o777).toString(8)].join();
  });
  expect(new Set(modes)).toStrictEqual(new Set(['true,700', 'false,600']));
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
});

test('writes no key but the KEK in clear', async () => {
  const keys = await inUse();
  const { pan, fingerprint } = await keys.tenantKeys(TENANT);
  const secrets = [await keys.secret('pepper'), fingerprint.key, pan.key].map(copy);
  const onDisk = files()
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'hex'))
    .join();
  expect(secrets.filter((secret) => onDisk.includes(secret))).toStrictEqual([]);
});

test('has the keys of a tenant on the disk once they are made, and makes them once', async () => {
  const keys = await open();
  expect(keys.tenants.hasFingerprint(TENANT)).toBe(false);
  await keys.tenants.create(TENANT);
  const { id } = (await keys.tenantKeys(TENANT)).pan;
  await keys.tenants.create(TENANT);
  const again = await open();
  expect(again.tenants.hasFingerprint(TENANT)).toBe(true);
  expect((await again.tenantKeys(TENANT)).pan.id).toBe(id);
});

const USES = [
  ['pepper', (keys) => keys.secret('pepper')],
  ['ticket', (keys) => keys.secret('ticket')],
  ['session', async (keys) => (await keys.sessionKeys())[0] ?? new Uint8Array(0)],
  ['manifest', async (keys) => (await keys.signingKey('manifest')).publicKey],
  ['offline-root/root', async (keys) => (await keys.signingKey('offline-root/root')).publicKey],
  [
    `tenants/${TENANT}.fingerprint`,
    async (keys) => (await keys.tenantKeys(TENANT)).fingerprint.key,
  ],
  [`tenants/${TENANT}.pan.0001`, async (keys) => (await keys.tenantKeys(TENANT)).pan.key],
] as const satisfies readonly (readonly [string, (keys: KeyStore) => Promise<Uint8Array>])[];

test.each(USES)('never makes %s anew at run time, and takes it back', async (name, use) => {
  const keys = await inUse();
  const before = copy(await use(keys));
  const path = join(folder, name);
  renameSync(path, `${path}.away`);
  time.now += 5 * 60_000;
  await expect(use(keys)).rejects.toThrow(KeysUnavailable);
  expect(existsSync(path)).toBe(false);
  renameSync(`${path}.away`, path);
  expect(copy(await use(keys))).toBe(before);
});

test.each(SECRET_NAMES)('refuses to start where %s was lost', async (name) => {
  await open();
  rmSync(join(folder, name));
  await expect(open()).rejects.toThrow(
    `${name} is missing or was wrapped under another KEK; restore it.`,
  );
});

test('finishes a first start that was cut off', async () => {
  const pepper = copy(await (await open()).secret('pepper'));
  for (const name of ['complete', 'ticket']) rmSync(join(folder, name));
  expect(copy(await (await open()).secret('pepper'))).toBe(pepper);
  expect(existsSync(join(folder, 'ticket'))).toBe(true);
});

test('gives a store of before sessions the key it never had, once, and knows its loss from then on', async () => {
  const pepper = copy(await (await open()).secret('pepper'));
  for (const name of ['complete.session', 'session']) rmSync(join(folder, name));
  const [upgraded, other] = await Promise.all([open(), open()]);
  const key = copy(await upgraded.secret('session'));
  expect(copy(await other.secret('session'))).toBe(key);
  expect(copy(await (await open()).secret('session'))).toBe(key);
  expect(copy(await upgraded.secret('pepper'))).toBe(pepper);
  rmSync(join(folder, 'session'));
  await expect(open()).rejects.toThrow('session is missing');
});

test('notices within five minutes that the KEK is another', async () => {
  const keys = await open();
  await keys.secret('pepper');
  writeFileSync(join(folder, 'kek'), new Uint8Array(32));
  time.now += 5 * 60_000 - 1;
  await keys.secret('pepper');
  time.now += 1;
  await expect(keys.secret('pepper')).rejects.toThrow(KeysUnavailable);
});

test('zeroes a key that is past its time, also when nobody asks', async () => {
  const keys = await open();
  const pepper = await keys.secret('pepper');
  time.now += 5 * 60_000;
  keys.sweep();
  await turn();
  expect(copy(pepper)).toBe('00'.repeat(32));
});

test('refuses a wrapped key that was moved to another name', async () => {
  const keys = await open();
  writeFileSync(join(folder, 'pepper'), readFileSync(join(folder, 'ticket')));
  time.now += 5 * 60_000;
  await expect(keys.secret('pepper')).rejects.toThrow(KeysUnavailable);
});

test('sees a data key that comes late, and none that is destroyed', async () => {
  const keys = await inUse();
  const { id } = (await keys.tenantKeys(TENANT)).pan;
  const path = join(folder, 'tenants', `${TENANT}.pan.0001`);
  renameSync(path, `${path}.away`);
  expect(await keys.dataKey(TENANT, id)).toBeUndefined();
  renameSync(`${path}.away`, path);
  expect((await keys.dataKey(TENANT, id))?.id).toBe(id);
  const [stored] = keys.tenants.dataKeys(TENANT);
  if (stored !== undefined) keys.tenants.destroyDataKey(TENANT, stored);
  keys.forget(TENANT);
  expect(await keys.dataKey(TENANT, id)).toBeUndefined();
  expect(keys.tenants.isDestroyed(TENANT, id)).toBe(true);
  await expect(keys.tenantKeys(TENANT)).rejects.toThrow(KeysUnavailable);
});

test('does not make a new KEK beside keys of an old one', async () => {
  await open();
  rmSync(join(folder, 'kek'));
  await expect(open()).rejects.toThrow('has keys but there is no KEK; restore it.');
});

test('finds a receive key that another process has made', async () => {
  const mine = new ReceiveKeys(await open(), clocks);
  expect(await mine.find('A'.repeat(22))).toBeUndefined();
  const other = new ReceiveKeys(await open(), clocks);
  const key = await other.create({ nbf: 1_000_000_000, exp: 1_000_086_400 });
  time.now += 1_000;
  const found = await mine.find(key.kid);
  expect(found?.publicKey).toStrictEqual((await other.find(key.kid))?.publicKey);
  other.destroy(key);
  expect(await other.find(key.kid)).toBeUndefined();
});

test('creates once, replaces whole, and destroys', async () => {
  await open();
  const path = join(folder, 'file');
  expect(createOnce(path, Buffer.from('first'))).toStrictEqual(
    Uint8Array.from(Buffer.from('first')),
  );
  expect(createOnce(path, Buffer.from('second'))).toStrictEqual(
    Uint8Array.from(Buffer.from('first')),
  );
  replaceFile(path, Buffer.from('third'));
  expect(readFileSync(path, 'utf8')).toBe('third');
  const left = `${path}.0123456789abcdef.tmp`;
  writeFileSync(left, 'third, of a process that was killed');
  destroyFile(path);
  expect([existsSync(path), existsSync(left)]).toStrictEqual([false, false]);
  createOnce(path, Buffer.from('fourth'));
  writeFileSync(left, 'fourth');
  destroyLeaving(path, Buffer.from('stone'));
  expect([readFileSync(path, 'utf8'), existsSync(left)]).toStrictEqual(['stone', false]);
  expect(files().filter((each) => each.endsWith('.tmp'))).toStrictEqual([]);
});
