import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from './lock.ts';
import { ownProcess } from './lock-owner.ts';

let folder: string;
let path: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushfield-lock-'));
  path = join(folder, 'db.lock');
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const MODULE = JSON.stringify(join(import.meta.dirname, 'lock.ts'));

/** Another process that tries to take the lock and, when it has it, keeps it. */
function contender(): Promise<'taken' | 'refused'> {
  const code = `import { takeLock } from ${MODULE};
    try { takeLock(${JSON.stringify(path)}); console.log('taken'); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.name === 'StartError' ? 'refused' : error.stack); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
  children.push(child);
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => {
      const word = String(data).trim();
      if (word === 'taken' || word === 'refused') resolve(word);
      else reject(new Error(word));
    });
    child.stderr.on('data', (data) => reject(new Error(String(data))));
  });
}

async function killed(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

test('is free again after a release, and leaves nothing behind', () => {
  takeLock(path).release();
  const lock = takeLock(path);
  expect(readdirSync(folder)).toStrictEqual(['db.lock']);
  lock.release();
  expect(readdirSync(folder)).toStrictEqual([]);
});

test('refuses a second taker and names the first', () => {
  const lock = takeLock(path);
  expect(() => takeLock(path)).toThrow(`process ${process.pid}`);
  lock.release();
});

test('refuses another process', async () => {
  const lock = takeLock(path);
  expect(await contender()).toBe('refused');
  lock.release();
});

test('takes over from a killed process', async () => {
  expect(await contender()).toBe('taken');
  expect(() => takeLock(path)).toThrow(`process ${children[0]?.pid}`);
  await killed(children[0]);
  takeLock(path).release();
  expect(readdirSync(folder)).toStrictEqual([]);
});

test('lets exactly one of many starters take over', async () => {
  for (let round = 0; round < 3; round++) {
    expect(await contender()).toBe('taken');
    await killed(children.pop());
    const outcomes = await Promise.all(Array.from({ length: 8 }, contender));
    expect(outcomes.toSorted()).toStrictEqual([...Array(7).fill('refused'), 'taken']);
    await Promise.all(children.splice(0).map(killed));
  }
}, 60_000);

test.each([
  ['a pid that was used again', { started: '1' }, 'free'],
  ['a pid that does not exist', { pid: 4_194_304 }, 'free'],
  ['an earlier boot', { boot: 'other' }, 'free'],
  ['another container', { namespace: 'pid:[1]' }, 'held'],
  ['this very process', {}, 'held'],
])('judges a lock of %s', (_name, change, expected) => {
  writeFileSync(path, JSON.stringify({ ...ownProcess(), ...change }));
  const attempt = () => takeLock(path).release();
  if (expected === 'free') attempt();
  else expect(attempt).toThrow('Another vault');
});

test('says how to free the lock of a container that was killed, and only of that', () => {
  const write = (change: object) =>
    writeFileSync(path, JSON.stringify({ ...ownProcess(), ...change }));
  write({ namespace: 'pid:[1]' });
  expect(() => takeLock(path)).toThrow(
    `no vault runs on this directory any more, remove the lock with: rm '${path}'`,
  );
  write({});
  expect(() => takeLock(path)).toThrow(new RegExp(`^(?!.*remove).*Its lock is ${path}\\.$`));
});

test('goes on after a taker-over that died half way', () => {
  const dead = { ...ownProcess(), pid: 4_194_304 };
  writeFileSync(path, JSON.stringify(dead));
  writeFileSync(`${path}.${dead.id}.takeover`, JSON.stringify({ ...ownProcess(), pid: 4_194_304 }));
  const lock = takeLock(path);
  expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid);
  lock.release();
  expect(readdirSync(folder)).toStrictEqual([]);
});

test('asks for help with a lock it cannot read', () => {
  writeFileSync(path, 'garbage');
  expect(() => takeLock(path)).toThrow('remove it if no vault runs');
});
