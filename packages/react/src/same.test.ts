import { expect, it } from 'vitest';
import { same } from './same.ts';

it.each([
  [
    { a: 1, b: { c: ['x', 'y'] } },
    { b: { c: ['x', 'y'] }, a: 1 },
  ],
  [{}, { a: undefined }],
  [{ a: Number.NaN }, { a: Number.NaN }],
  [undefined, undefined],
])('takes %j and %j for the same', (a, b) => {
  expect(same(a, b)).toBe(true);
  expect(same(b, a)).toBe(true);
});

it.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: 1, b: false }],
  [{ a: { b: 'x' } }, { a: { b: 'y' } }],
  [
    ['number', 'expiry'],
    ['expiry', 'number'],
  ],
  [['number'], ['number', 'expiry']],
  [{ a: {} }, { a: null }],
  [{ a: null }, {}],
  [{ a: '1' }, { a: 1 }],
])('tells %j from %j', (a, b) => {
  expect(same(a, b)).toBe(false);
  expect(same(b, a)).toBe(false);
});
