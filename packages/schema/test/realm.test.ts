import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const entry = JSON.stringify(join(import.meta.dirname, '..', 'src', 'index.ts'));

/** Parses with this room in a process of its own, which may compile no strings. */
function parseIn(realm: { before?: string; after?: string }): unknown {
  const script = `
    ${realm.before ?? ''}
    const z = await import(${entry});
    ${realm.after ?? ''}
    const point = z.strictObject({
      constructor: z.int(), toString: z.optional(z.string()), valueOf: z.optional(z.string()),
      list: z.array(z.int()), map: z.partialRecord(z.enum(['name']), z.int()),
      at: z.iso.datetime(), kind: z.enum(['a']),
    });
    const at = '2024-02-29T00:00:00Z';
    const result = point.safeParse(
      { constructor: 1, toString: 'x', list: [1, 2], map: { name: 3 }, at, kind: 'a' });
    const part = point.safeParse({ constructor: 1, list: [], map: {}, at });
    const bad = point.safeParse(JSON.parse('{"constructor":1,"list":["x"]}'));
    let thrown;
    try { point.parse(null); } catch (error) { thrown = error.message; }
    console.log(JSON.stringify([Object.entries(result.data), bad.error.issues, part.error.issues, thrown]));`;
  const flags = [
    '--disallow-code-generation-from-strings',
    '--input-type=module',
    '--eval',
    script,
  ];
  const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const expected = [
  [
    ['constructor', 1],
    ['toString', 'x'],
    ['list', [1, 2]],
    ['map', { name: 3 }],
    ['at', '2024-02-29T00:00:00Z'],
    ['kind', 'a'],
  ],
  [{ path: ['list', 0] }],
  [{ path: ['kind'] }],
  'Invalid input at ""',
];

it('parses where every prototype is frozen', () => {
  const frozen = `for (const one of [Object, Array, Function, Map, Set, RegExp, String, Number, Date, Error])
    Object.freeze(one.prototype);`;
  expect(parseIn({ before: frozen })).toStrictEqual(expected);
});

it('parses alike where Object.prototype is polluted', () => {
  const polluted = `Object.assign(Object.prototype, { foreign: 1, optional: true, cap: 0, values: new Set(), shape: {} });
    Object.defineProperty(Object.prototype, 'list', { set() { throw 1; }, get() { return 5; }, configurable: true });
    Object.defineProperty(Array.prototype, '7', { set() { throw 1; }, configurable: true });`;
  expect(parseIn({ after: polluted })).toStrictEqual(expected);
});
