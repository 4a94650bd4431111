import type { Check } from './schema.ts';

const PAIR = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

// Strings are measured in code points, as zod does since 4.6; lone surrogates count as one.
const lengthOf = (value: string | readonly unknown[]): number =>
  typeof value === 'string' ? value.replace(PAIR, '.').length : value.length;

/** At least `least` code points or elements. */
export const minLength = (least: number): Check => ({
  test: (value: string | unknown[]) => lengthOf(value) >= least,
});

/** At most `cap` code points or elements. */
export const maxLength = (cap: number): Check => ({
  cap,
  test: (value: string | unknown[]) => lengthOf(value) <= cap,
});

/** No smaller than `least`. */
export const minimum = (least: number): Check => ({ test: (value: number) => value >= least });

/** No larger than `most`. */
export const maximum = (most: number): Check => ({ test: (value: number) => value <= most });

/** Matches `pattern`. */
export const regex = (pattern: RegExp): Check => ({
  test: (value: string) => {
    // With the `g` or `y` flag, `test` would start where the last call ended and refuse every other one.
    pattern.lastIndex = 0;
    return pattern.test(value);
  },
});
