import { randomInt } from 'node:crypto';

/** What a shopper types. */
export type Card = {
  readonly number: string;
  readonly expiry: string;
  readonly cvc: string;
  readonly name?: string;
};

/** Two years from now: expired cards are a test of their own. */
const year = String((new Date().getUTCFullYear() + 2) % 100).padStart(2, '0');

export const VISA: Card = { number: '4242424242424242', expiry: `12${year}`, cvc: '123' };

function luhnDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

export function randomDigits(length: number): string {
  return Array.from({ length }, () => randomInt(10)).join('');
}

/** A number nobody has seen, valid, that test mode takes because of how it begins. */
export function canaryNumber(prefix = '42424242', length = 16): string {
  const body = prefix + randomDigits(length - prefix.length - 1);
  return body + luhnDigit(body);
}

/** First digits, length and code length of one brand each, within what test mode takes. */
const SHAPES = [
  { prefix: '42424242', length: 16, code: 3 },
  { prefix: '40000000', length: 16, code: 3 },
  { prefix: '55555555', length: 16, code: 3 },
  { prefix: '22230031', length: 16, code: 3 },
  { prefix: '37828224', length: 15, code: 4 },
  { prefix: '60111111', length: 16, code: 3 },
  { prefix: '36227206', length: 14, code: 3 },
  { prefix: '35660020', length: 16, code: 3 },
  { prefix: '62000000', length: 16, code: 3 },
  { prefix: '62055500', length: 19, code: 3 },
] as const;

const NAMES = ['Li', 'Ada Lovelace', 'Зоя Космодемьянская', '山田 太郎', 'X'.repeat(60)] as const;

/** The `index`-th of a series of random cards of all brands, lengths and kinds of name. */
export function randomCard(index: number): Card & { name: string } {
  const shape = SHAPES[index % SHAPES.length] ?? SHAPES[0];
  const month = String(randomInt(1, 13)).padStart(2, '0');
  return {
    number: canaryNumber(shape.prefix, shape.length),
    expiry: `${month}${year}`,
    cvc: randomDigits(shape.code),
    name: NAMES[index % NAMES.length] ?? NAMES[0],
  };
}
