import type { Check } from './schema.ts';

const PAIR = /[\u{10000}-\u{10ffff}]/gu;

// Strings are measured in code points, as zod does since 4.6; lone surrogates count as one.
const lengthOf = (value: string | readonly unknown[]): number =>
  typeof value === 'string' ? value.replace(PAIR, '.').length : value.length;

const rule = (test: Check['test'], cap = Number.POSITIVE_INFINITY): Check => ({ test, cap });

/** At least `least` code points or elements. */
export const minLength = (least: number): Check =>
  rule((value: string | unknown[]) => lengthOf(value) >= least);

/** At most `cap` code points or elements. */
export const maxLength = (cap: number): Check =>
  rule((value: string | unknown[]) => lengthOf(value) <= cap, cap);

/** No smaller than `least`. */
export const minimum = (least: number): Check => rule((value: number) => value >= least);

/** No larger than `most`. */
export const maximum = (most: number): Check => rule((value: number) => value <= most);

/** Matches `pattern`. */
export const regex = (pattern: RegExp): Check =>
  rule((value: string) => {
    // With the `g` or `y` flag, `test` starts where the last call ended and refuses every other value.
    pattern.lastIndex = 0;
    return pattern.test(value);
  });
