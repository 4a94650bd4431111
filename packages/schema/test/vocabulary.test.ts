import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as room from '../src/index.ts';
import { browserContract, sources } from './repository.ts';

// What a browser bundle may reach: there, `zod/mini` is this room.
const bundled = [
  ...browserContract(),
  ...['packages/bridge', 'packages/sdk', 'apps/fields'].flatMap((folder) =>
    sources(`${folder}/src`),
  ),
];
const users = bundled.filter((file) => readFileSync(file, 'utf8').includes("from 'zod/mini'"));
const TYPES = new Set(['infer', 'input', 'output']);

/** Calls of the library, `z.iso.datetime` as `iso`; names with a capital and a few others are types. */
const called = new Set(
  users
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bz\s*\.\s*([a-z]\w*)/g)])
    .map((match) => match[1] ?? '')
    .filter((name) => !TYPES.has(name)),
);

it('has every word of zod/mini that the browser rooms say, and no other', () => {
  expect(users.length).toBeGreaterThan(15);
  expect(new Set(Object.keys(room))).toStrictEqual(called);
});

it('is met by no other way of importing zod', () => {
  const others = bundled.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^import (.*) from '(zod.*)';$/gm)]
      .map(([, names, from]) => `${names} from ${from}`)
      .filter((line) => !/^(type )?\* as z from zod\/mini$/.test(line)),
  );
  expect(others).toStrictEqual([]);
});
