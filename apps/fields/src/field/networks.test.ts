import type { Brand } from '@hushfield/card';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardRules } from './card-rules.ts';
import { FieldModel } from './field-state.ts';
import { Networks } from './networks.ts';

const DANKORT = '4571 0000 0000 0001';
const BANCONTACT = '6703 4444 4444 4449';
const AMEX = '3782 822463 10005';
const BOTH: readonly Brand[] = ['visa', 'dankort'];

/** A field whose number was typed and left, before or after it was told what is taken. */
function makeField(number: string, preferred: readonly string[] = []) {
  const networks = new Networks(
    () => preferred,
    () => true,
  );
  const model = new FieldModel(
    cardRules(networks, () => 0),
    () => Date.UTC(2026, 10, 23) / 1000,
    (code) => code,
  );
  model.show('cardNumber', ['number']);
  model.edit('number', number);
  model.leave('number', true);
  return { networks, model, seen: () => model.observe().network };
}

describe('the brands that a session takes', () => {
  it('are all, until the controller has said otherwise', () => {
    const { networks, model } = makeField(AMEX);
    expect(model.observe().valid).toBe(true);
    networks.allow(null);
    expect(model.observe().valid).toBe(true);
    networks.allow(['visa']);
    expect(model.observe()).toMatchObject({ valid: false, error: { code: 'brand_not_supported' } });
    networks.allow(['visa', 'amex']);
    expect(model.observe()).toMatchObject({ valid: true });
  });

  it.each<[string, readonly Brand[], string, string | undefined]>([
    ['one of two networks', ['dankort'], DANKORT, undefined],
    ['neither', ['amex'], DANKORT, 'brand_not_supported'],
    ['a brand that nobody knows', ['visa'], '9999 9999 9999 9995', 'brand_not_supported'],
    ['a wrong number before its brand', ['amex'], '4571 0000 0000 0002', 'invalid_number'],
    ['half a number before its brand', ['amex'], '4571 00', 'incomplete_number'],
  ])('judge a card by %s', (_, allowed, number, code) => {
    const { networks, model } = makeField(number);
    networks.allow(allowed);
    expect(model.errorOf('number')?.code).toBe(code);
    expect(model.collected(['number']).errors.map((error) => error.code)).toStrictEqual(
      code === undefined ? [] : [code],
    );
  });

  it('are told of as a wrong number is, and no sooner: two that are typed show the page the same', () => {
    const [refused, wrong] = ['4222 2222 2222 2', '4222 2222 2222 3'].map((number) => {
      const { networks, model } = makeField('');
      networks.allow(['amex']);
      model.focus('number');
      model.edit('number', number);
      return model.observe();
    });
    expect(refused).toStrictEqual(wrong);
    expect(refused).toMatchObject({ valid: false, potentiallyValid: true, networks: [] });
  });

  it('keep nobody in a number that is done: what is typed on is the expiry', () => {
    const { networks, model } = makeField(AMEX);
    networks.allow(['visa']);
    expect([model.isFull('number'), model.observe().valid]).toStrictEqual([true, false]);
  });

  it('are of the controller’s telling alone', () => {
    const brand = fc.constantFrom<Brand>('visa', 'dankort', 'amex', 'mastercard', 'unionpay');
    const list = fc.uniqueArray(brand, { minLength: 1 });
    fc.assert(
      fc.property(list, fc.array(fc.string()), (allowed, preferred) => {
        const { networks, model, seen } = makeField(DANKORT, preferred);
        networks.allow(allowed);
        const taken = BOTH.filter((network) => allowed.includes(network));
        expect(model.observe().valid).toBe(taken.length > 0);
        expect(networks.offered(BOTH)).toStrictEqual(taken.length > 1 ? taken : []);
        expect(seen() === undefined || taken.includes(seen() as Brand)).toBe(true);
      }),
    );
  });
});

describe('the network of a co-badged card', () => {
  it('is nobody’s choice until one can be seen, and was allowed', () => {
    const preferred = () => ['dankort'];
    let isShown = false;
    const networks = new Networks(preferred, () => isShown);
    expect(networks.chosen(BOTH, 'visa')).toBeUndefined();
    isShown = true;
    expect(networks.chosen(BOTH, 'visa')).toBeUndefined();
    networks.allow(null);
    expect(networks.chosen(BOTH, 'visa')).toBe('visa');
    expect(networks.chosen(BOTH, undefined)).toBe('dankort');
  });

  it.each<[string, readonly string[], string | undefined]>([
    ['nothing', [], undefined],
    ['one that the card runs on', ['dankort'], 'dankort'],
    ['several, by the first that it runs on', ['mastercard', 'dankort', 'visa'], 'dankort'],
    ['none of the card’s', ['bancontact', 'a_new_network', '__proto__'], undefined],
  ])('is what the merchant prefers, while the holder says nothing: %s', (_, preferred, network) => {
    const { networks, seen, model } = makeField(DANKORT, preferred);
    networks.allow(null);
    expect(seen()).toBe(network);
    expect(model.collected(['number'])).toStrictEqual({
      number: DANKORT.replaceAll(' ', ''),
      ...(network === undefined ? {} : { network }),
      errors: [],
    });
  });

  it('stays what the merchant preferred first', () => {
    let preferred: string[] | undefined;
    const networks = new Networks(
      () => preferred,
      () => true,
    );
    networks.allow(null);
    expect(networks.chosen(BOTH, undefined)).toBeUndefined();
    preferred = ['dankort'];
    expect(networks.chosen(BOTH, undefined)).toBe('dankort');
    preferred = ['visa'];
    expect(networks.chosen(BOTH, undefined)).toBe('dankort');
  });

  it('is the holder’s choice over every preference, for this number and no other', () => {
    const { networks, model, seen } = makeField(DANKORT, ['visa']);
    networks.allow(null);
    expect(seen()).toBe('visa');
    model.pick('number', 'dankort');
    expect(seen()).toBe('dankort');
    // Coming back to the input changes nothing; an edit makes it another card.
    model.focus('number');
    model.leave('number', true);
    expect(seen()).toBe('dankort');
    model.edit('number', DANKORT);
    model.leave('number', true);
    expect(seen()).toBe('visa');
  });

  it('is forgotten with the number', () => {
    const { networks, model, seen } = makeField(DANKORT);
    networks.allow(null);
    model.pick('number', 'dankort');
    model.clear();
    expect(seen()).toBeUndefined();
    expect(model.collected(['number'])).not.toHaveProperty('network');
  });

  it('is told and given only once the number is told of: before, nobody was shown a choice', () => {
    const { networks, model, seen } = makeField('', ['bancontact']);
    networks.allow(null);
    model.focus('number');
    model.edit('number', BANCONTACT);
    expect([seen(), model.observe().networks]).toStrictEqual([undefined, []]);
    expect(model.collected(['number'])).not.toHaveProperty('network');
    model.leave('number', true);
    expect(seen()).toBe('bancontact');
    expect(model.collected(['number'])).toMatchObject({ network: 'bancontact' });
  });

  it('is not given for a security code alone', () => {
    const { networks, model } = makeField(DANKORT, ['visa']);
    networks.allow(null);
    expect(model.collected(['cvc'])).not.toHaveProperty('network');
  });

  it('is one that the session takes, also where it narrows under a choice', () => {
    const { networks, model, seen } = makeField(DANKORT, ['visa']);
    networks.allow(null);
    model.pick('number', 'dankort');
    networks.allow(['visa']);
    expect(seen()).toBeUndefined();
    expect(model.collected(['number'])).not.toHaveProperty('network');
  });
});
