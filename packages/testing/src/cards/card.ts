import type { TestCard } from './types.ts';

const YEARS_AHEAD = 3;

/** `MMYY`, so many years from now. */
export function december(years: number): string {
  return `12${String((new Date().getUTCFullYear() + years) % 100).padStart(2, '0')}`;
}

const FUTURE = december(YEARS_AHEAD);

export function card(brand: string, number: string, rest: Partial<TestCard> = {}): TestCard {
  return Object.freeze({
    number,
    expiry: FUTURE,
    cvc: '123',
    brand,
    networks: Object.freeze([brand]),
    ...rest,
  });
}
