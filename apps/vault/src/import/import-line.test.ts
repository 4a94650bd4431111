import { describe, expect, test } from 'vitest';
import { NOON } from '../../test/test-vault.ts';
import { hostileStrings } from '../../test/vectors.ts';
import { readImportLine } from './import-line.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030, reference: 'c-1' };
const read = (line: unknown, mode: 'test' | 'live' = 'test') =>
  readImportLine(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)), {
    ...{ mode, now: NOON },
    policies: [{ name: 'tax-id', alphabet: 'digits', minLength: 8, maxLength: 11 }],
  });
const [IBAN, ACCOUNT, TEXT] = [
  { iban: 'DE89370400440532013000', reference: 'c-2' },
  { routingNumber: '021000021', accountNumber: '000123456', reference: 'c-3' },
  { policy: 'tax-id', text: '123456789', reference: 'c-4' },
];

test('reads a card with all that may be said of it', () => {
  const whole = { ...CARD, name: 'Ada Lovelace', customer: 'c', metadata: { a: 'b' } };
  expect(read(whole)).toStrictEqual({ given: whole });
});

test.each([IBAN, ACCOUNT, TEXT])('reads what is no card: %o', (line) => {
  const whole = { ...line, customer: 'c', metadata: { a: 'b' } };
  expect(read(whole)).toStrictEqual({ given: whole });
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
    ['a wrong IBAN', { ...IBAN, iban: 'DE89370400440532013001' }, 'iban: invalid_iban'],
    ['an IBAN with spaces', { ...IBAN, iban: 'DE89 3704' }, 'iban is missing or malformed'],
    ['half an account', { ...ACCOUNT, accountNumber: undefined }, 'accountNumber is missing or'],
    ['a wrong bank', { ...ACCOUNT, routingNumber: '021000022' }, 'routingNumber: invalid_'],
    ['a text under no rule', { ...TEXT, policy: 'nobodys' }, 'text: invalid_text'],
    ['a text too short', { ...TEXT, text: '1234567' }, 'text: invalid_text'],
    ['a text without its rule', { ...TEXT, policy: undefined }, 'policy is missing'],
    ['a card that is a text', { ...TEXT, text: '4242424242424242' }, 'text: invalid_text'],
    ['an IBAN and a card', { ...IBAN, ...CARD }, 'a member that is not known'],
    ['an IBAN and a text', { ...IBAN, ...TEXT }, 'a member that is not known'],
    ['a security code of an IBAN', { ...IBAN, cvc: '123' }, 'a member that is not known'],
    ['a card of shoppers', { ...CARD, number: '4929000000000109' }, 'number: invalid_number'],
  ])('says of %s what it is, and no digit of it', (_name, line, says) => {
    const { wrong = '' } = read(line);
    expect(wrong).toContain(says);
    expect(wrong).not.toMatch(/\d/);
  });

  test('takes no published card in live mode, and others that begin like one', () => {
    expect(read(CARD, 'live')).toStrictEqual({ wrong: 'number: invalid_number' });
    for (const number of ['4929000000000109', '4242424242424226'])
      expect(read({ ...CARD, number }, 'live').given).toMatchObject({ number });
  });

  test('answers every hostile text with a word of its own', () => {
    for (const text of hostileStrings())
      for (const line of [
        text,
        JSON.stringify(text),
        { ...CARD, name: text },
        { ...CARD, [text]: 1 },
      ]) {
        const { given, wrong } = read(line);
        if (given === undefined) expect(wrong.length).toBeLessThan(80);
      }
  });
});
