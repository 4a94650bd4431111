import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import * as real from 'zod/mini';
import * as room from '../src/index.ts';
import { makers, strings } from './hostile-values.ts';
import { loadSchemas } from './load-schemas.ts';
import { junk, mutate, mutation } from './mutations.ts';
import { type Outcome, outcome } from './outcome.ts';
import { valuesOf } from './valid-values.ts';

// As in every bundle of ours: zod's compiled path needs `new Function`, which no strict page allows.
real.config({ jitless: true });

const theirs = await loadSchemas({ ...real });
const ours = await loadSchemas({ ...room });
const schemas = [...theirs].map(([name, schema]) => {
  const other = ours.get(name);
  if (!other) throw new Error(`${name} is missing`);
  return { name, schema, other };
});
type Pair = (typeof schemas)[number];

const tally = { accepted: 0, refused: 0 };
afterAll(() => {
  const { accepted, refused } = tally;
  console.info(`differential: ${schemas.length} schemas, ${accepted} accepted, ${refused} refused`);
});

const placeOf = (result: Outcome) => ('path' in result ? JSON.stringify(result.path) : undefined);

function agree({ schema, other }: Pair, value: unknown): boolean {
  const expected = outcome(schema, value);
  const actual = outcome(other, value);
  tally['data' in expected ? 'accepted' : 'refused'] += 1;
  // Zod stumbles over a length that is no number; to refuse is what it should have done.
  if ('threw' in expected && 'path' in actual) return false;
  // Most cases are refusals at the same place; toStrictEqual is left to the others, being slow.
  if (placeOf(actual) !== placeOf(expected) || 'data' in expected || 'threw' in expected) {
    expect(actual).toStrictEqual(expected);
  }
  return 'data' in expected;
}

it('finds the schemas of both rooms, made by each library', () => {
  expect(schemas.length).toBeGreaterThan(50);
  expect([...ours.keys()]).toStrictEqual([...theirs.keys()]);
  expect(schemas.every(({ schema, other }) => '_zod' in schema && !('_zod' in other))).toBe(true);
});

const samples = schemas.flatMap(({ schema }) =>
  fc.sample(valuesOf(schema), { numRuns: 2, seed: 7 }),
);

describe.each(schemas)('$name', (pair) => {
  const valid = valuesOf(pair.schema);

  it('reads valid values as zod does', () => {
    fc.assert(
      fc.property(valid, (value) => {
        expect(agree(pair, value)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('judges damaged values as zod does', () => {
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(valid, mutations, (value, list) => void agree(pair, mutate(value, list))),
      { numRuns: 250 },
    );
  });

  it('judges foreign values as zod does', () => {
    for (const make of makers) agree(pair, make());
    for (const text of strings) agree(pair, text);
    fc.assert(
      fc.property(junk, (value) => void agree(pair, value)),
      { numRuns: 40 },
    );
  });

  it('judges values of the other schemas as zod does', () => {
    for (const value of samples) agree(pair, value);
  });
});
