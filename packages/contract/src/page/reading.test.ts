import { expect, it } from 'vitest';
import { controllerMethods, FieldEvent, fieldMethods } from './reading.ts';

const state = (brand: string) => ({
  elementType: 'card',
  ...{ empty: false, complete: true, valid: true, potentiallyValid: true },
  brand,
  networks: [brand],
  fields: {},
});
const token = (brand: string) => ({
  id: `tok_test_${'0'.repeat(28)}`,
  ...{ object: 'token', type: 'card', mode: 'test', expiresAt: null },
  createdAt: '2026-11-26T12:00:00Z',
  card: { brand, networks: [brand], last4: '0000', expMonth: 1, expYear: 2030, cvcCollected: true },
});
const error = (code: string) => ({ type: 'vault_error', code, message: 'x', retryable: false });

const { result } = controllerMethods.tokenize;

it('takes a token of a network that it has never heard of', () => {
  expect(result.safeParse({ ok: true, token: token('a_new_network') }).success).toBe(true);
  const { card: _card, ...other } = token('visa');
  const answer = { ok: true, token: { ...other, type: 'a_new_type', wallet: { last4: '1' } } };
  expect(result.parse(answer)).toStrictEqual({ ok: true, token: { ...other, type: 'a_new_type' } });
});

it('takes a state and a token that tell of a chosen network, and those of before that do not', () => {
  for (const chosen of [{}, { network: 'a_new_network' }]) {
    const change = { type: 'change', state: { ...state('visa'), ...chosen } };
    expect(FieldEvent.parse(change)).toStrictEqual(change);
    const { card, ...rest } = token('visa');
    const answer = { ok: true, token: { ...rest, card: { ...card, ...chosen } } };
    expect(result.parse(answer)).toStrictEqual(answer);
  }
});

it('takes a state and an error with a new name', () => {
  expect(FieldEvent.safeParse({ type: 'change', state: state('a_new_network') }).success).toBe(
    true,
  );
  expect(FieldEvent.safeParse({ type: 'warning', code: 'a_new_warning' }).success).toBe(true);
  expect(result.safeParse({ ok: false, error: error('a_new_code') }).success).toBe(true);
  const other = { ...error('a_new_code'), type: 'a_new_type' };
  expect(result.parse({ ok: false, error: other })).toStrictEqual({ ok: false, error: other });
});

it.each(['4242424242424242', 'visa4242', 'Visa', '', 'a'.repeat(41), '<b>'])(
  'takes no %s for a name',
  (name) => {
    expect(FieldEvent.safeParse({ type: 'change', state: state(name) }).success).toBe(false);
    expect(result.safeParse({ ok: false, error: error(name) }).success).toBe(false);
  },
);

it('leaves behind what a younger frame says more, and has lost nothing by it', () => {
  const card = { ...token('visa').card, funding: 'credit' };
  // What stands in a card, the frame has judged.
  const answer = { ok: true, token: { ...token('visa'), card, colour: 'x' }, more: 1 };
  expect(result.parse(answer)).toStrictEqual({ ok: true, token: { ...token('visa'), card } });
  const change = { type: 'change', state: { ...state('visa'), issuer: 'one' }, more: [] };
  expect(FieldEvent.parse(change)).toStrictEqual({ type: 'change', state: state('visa') });
  const shown = { height: 90, title: 'Secure card fields', width: 3 };
  expect(fieldMethods.configure.result.parse(shown)).toStrictEqual({
    height: 90,
    title: 'Secure card fields',
  });
});
