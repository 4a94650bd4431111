import { expect, test } from 'vitest';
import { isDue } from './sign-when-due.ts';

test.each<[string, Parameters<typeof isDue>, boolean]>([
  ['nothing was signed and there is nothing', [0, undefined, 0], false],
  ['nothing was signed', [1, undefined, 0], true],
  ['nothing is new', [5, { size: 5, createdAt: new Date(0) }, 1e9], false],
  ['little is new', [6, { size: 5, createdAt: new Date(0) }, 59_999], false],
  ['a minute is over', [6, { size: 5, createdAt: new Date(0) }, 60_000], true],
  ['a thousand are new', [1_005, { size: 5, createdAt: new Date(0) }, 0], true],
  ['the clock was set back', [6, { size: 5, createdAt: new Date(1e9) }, 0], true],
])('a state is worth signing when %s', (_name, given, expected) => {
  expect(isDue(...given)).toBe(expected);
});
