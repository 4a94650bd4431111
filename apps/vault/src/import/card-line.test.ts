import { describe, expect, test } from 'vitest';
import { NOON } from '../../test/test-vault.ts';
import { hostileStrings } from '../../test/vectors.ts';
import { readCardLine } from './card-line.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030, reference: 'c-1' };
const read = (line: unknown, mode: 'test' | 'live' = 'test') =>
  readCardLine(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)), mode, NOON);

test('reads a card with all that may be said of it', () => {
  const whole = { ...CARD, name: 'Ada Lovelace', customer: 'c', metadata: { a: 'b' } };
  expect(read(whole)).toStrictEqual({ card: whole });
});

describe('attacks', () => {
  test.each([
    ['a wrong check digit', { ...CARD, number: '4242424242424241' }, 'number: invalid_number'],
    ['no number', { ...CARD, number: undefined }, 'number is missing'],
    ['a number as a number', { ...CARD, number: 4_242_424_242 }, 'number is missing or malformed'],
    ['letters', { ...CARD, number: '4242x24242424242' }, 'number is missing or malformed'],
    ['a security code', { ...CARD, cvc: '123' }, 'a member that is not known'],
    ['a number as a member', { ...CARD, '4242424242424242': 1 }, 'a member that is not known'],
    ['a member twice', '{"number":"1","number":"2"}', 'is no JSON object'],
    ['a prototype', '{"__proto__":{}}', 'is no JSON object'],
    ['no JSON', 'number=4242424242424242', 'is no JSON object'],
    ['a list', '[]', 'is no JSON object'],
    ['no reference', { ...CARD, reference: undefined }, 'reference is missing'],
    ['a reference with a line break', { ...CARD, reference: 'a\nb' }, 'reference is missing or'],
    ['a number as a reference', { ...CARD, reference: '4242424242424242' }, 'could be a card'],
    [
      'a number in metadata',
      { ...CARD, metadata: { a: '4242 4242 4242 4242' } },
      'could be a card',
    ],
    ['an expired card', { ...CARD, expYear: 2020 }, 'expiry: expired_card'],
    ['a card of shoppers', { ...CARD, number: '4929000000000109' }, 'number: invalid_number'],
  ])('says of %s what it is, and no digit of it', (_name, line, says) => {
    const { wrong = '' } = read(line);
    expect(wrong).toContain(says);
    expect(wrong).not.toMatch(/\d/);
  });

  test('takes no published card in live mode, and others that begin like one', () => {
    expect(read(CARD, 'live')).toStrictEqual({ wrong: 'number: invalid_number' });
    for (const number of ['4929000000000109', '4242424242424226'])
      expect(read({ ...CARD, number }, 'live').card?.number).toBe(number);
  });

  test('answers every hostile text with a word of its own', () => {
    for (const text of hostileStrings())
      for (const line of [
        text,
        JSON.stringify(text),
        { ...CARD, name: text },
        { ...CARD, [text]: 1 },
      ]) {
        const { card, wrong } = read(line);
        if (card === undefined) expect(wrong.length).toBeLessThan(80);
      }
  });
});
