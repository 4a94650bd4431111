import type { Brand } from '@hushfield/contract/frame';
import { HushfieldError, type Network } from '@hushfield/sdk';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { cards, refusedCards } from '../cards/index.ts';
import { type FakeHushfield, fakeHushfield } from './index.ts';

// There is no DOM here: any selector finds a container.
let fake: FakeHushfield;
beforeEach(() => {
  fake = fakeHushfield();
});

async function mounted(fields?: ('number' | 'expiry' | 'cvc' | 'name')[]) {
  const elements = fake.elements();
  const card = elements.create('card', fields ? { fields } : {});
  await card.mount('#card');
  return { elements, card };
}

describe('is never the real one', () => {
  it('refuses a live key', () => {
    expect(() => fakeHushfield(`pk_live_${'a'.repeat(46)}`)).toThrow('live key');
    for (const strange of [`sk_test_${'a'.repeat(46)}`, 'nonsense', { binDigits: 8 } as never])
      expect(() => fakeHushfield(strange)).toThrow('publishable key');
  });

  it('says so, in the instance and in every token', async () => {
    const { elements } = await mounted();
    await fake.fillCard(cards.visa);
    const { token } = await elements.tokenize();
    expect(fake.isFake).toBe(true);
    expect(token?.id).toMatch(/^tok_test_Fake0+[1-9]\d*$/);
    expect(token?.mode).toBe('test');
  });
});

describe.each(Object.entries(cards))('%s', (_, { brand, networks, number, ...typed }) => {
  it('gives a token', async () => {
    const { elements } = await mounted();
    await fake.fillCard({ number, ...typed });
    const { token, error } = await elements.tokenize();
    expect(error).toBeUndefined();
    expect(token?.card).toMatchObject({ brand, networks, last4: number.slice(-4) });
  });
});

it('knows every network by the name that the SDK has for it', () => {
  expectTypeOf<Network>().toEqualTypeOf<Exclude<Brand, 'unknown'>>();
});

describe('a BIN', () => {
  const paid = async (digits?: 6 | 8) => {
    const own = fakeHushfield();
    if (digits !== undefined) own.showBin(digits);
    const elements = own.elements();
    const card = elements.create('card');
    await card.mount('#card');
    const told: string[] = [];
    card.on('binavailable', ({ bin }) => told.push(bin));
    await own.fillCard(cards.visa);
    const { bin } = card.getState();
    return { told, bin, token: (await elements.tokenize()).token?.card?.bin };
  };

  it('is told of as far as the key lets a page see it', async () => {
    const eight = '42424242';
    expect(await paid(8)).toStrictEqual({ told: [eight], bin: eight, token: eight });
    expect(await paid(6)).toStrictEqual({ told: ['424242'], bin: '424242', token: '424242' });
    expect(await paid()).toStrictEqual({ told: [], bin: undefined, token: undefined });
  });

  it('is told no more when that is taken back, and shown in no other length', async () => {
    const own = fakeHushfield();
    own.showBin(6);
    const card = own.elements().create('card');
    await card.mount('#card');
    await own.fillCard(cards.visa);
    own.showBin(0);
    expect(card.getState()).not.toHaveProperty('bin');
    expect(() => own.showBin(7 as 6)).toThrow('7 digits');
  });
});

describe('a co-badged card', () => {
  it('is its holder’s to choose for, over what the page prefers', async () => {
    const elements = fake.elements();
    const card = elements.create('card', { preferredNetworks: ['visa'] });
    await card.mount('#card');
    const told: unknown[] = [];
    card.on('networkschange', (networks) => told.push(networks));
    await fake.fillCard(cards.coBadgedDankort);
    await fake.chooseNetwork('dankort');
    card.update({ preferredNetworks: ['visa'] });
    const { token } = await elements.tokenize();
    expect(token?.card).toMatchObject({ network: 'dankort' });
    const networks = ['visa', 'dankort'];
    expect(told).toStrictEqual([
      { networks, network: 'visa' },
      { networks, network: 'dankort' },
      { networks: [], network: undefined },
    ]);
  });

  it('has a choice of its own networks, and another card none', async () => {
    const { elements } = await mounted();
    await fake.fillCard(cards.coBadgedDankort);
    await expect(fake.chooseNetwork('bancontact')).rejects.toThrow('offered are: visa, dankort');
    const { token } = await elements.tokenize();
    expect(Object.keys(token?.card ?? {})).not.toContain('network');
    await fake.fillCard(cards.visa);
    await expect(fake.chooseNetwork('visa')).rejects.toThrow('none');
  });
});

it.each(Object.entries(refusedCards))('%s gives none', async (_, { code, field, ...typed }) => {
  const { elements, card } = await mounted();
  await fake.fillCard(typed);
  const { token, error } = await elements.tokenize();
  expect(token).toBeUndefined();
  expect(error).toMatchObject({ type: 'validation_error', code, field });
  expect(card.getState().fields[field]?.error).toMatchObject({ code, field });
});

it('tells what the real one tells, in that order, and no digit', async () => {
  const { elements, card } = await mounted();
  const told: string[] = [];
  for (const event of ['focus', 'blur', 'change', 'networkschange', 'submit'] as const) {
    card.on(event, (payload) => told.push(`${event} ${JSON.stringify(payload)}`));
  }
  await fake.fillCard(cards.visa);
  await fake.press('cvc', 'Enter');
  const names = told.map((line) => line.slice(0, line.indexOf(' ')));
  expect(names).toStrictEqual([
    ...['focus', 'change', 'blur', 'focus', 'change', 'networkschange'],
    ...['change', 'blur', 'focus', 'change'],
    ...['change', 'change', 'submit'],
  ]);
  await elements.tokenize();
  expect(told.join()).not.toMatch(/4242|123/);
});

it('judges what was filled in, though nobody leaves it', async () => {
  const { card } = await mounted();
  await fake.autofill(cards.visa);
  expect(card.getState()).toMatchObject({ valid: true, complete: true, networks: ['visa'] });
});

it('judges again what the page says, until it is edited', async () => {
  const { card } = await mounted();
  await fake.fillCard(cards.visa);
  card.setError('number', 'Declined.');
  await Promise.resolve();
  expect(card.getState().error).toMatchObject({ code: 'invalid_number', message: 'Declined.' });
  await fake.type('number', cards.mastercard.number);
  expect(card.getState()).toMatchObject({ valid: true, brand: 'mastercard' });
  expect(card.getState().error).toBeUndefined();
});

it('fails when told to, once, and keeps what was typed', async () => {
  const { elements } = await mounted();
  await fake.fillCard(cards.visa);
  fake.failNext('network_error', { requestId: 'req_1' });
  expect(await elements.tokenize()).toStrictEqual({
    error: expect.objectContaining({ code: 'network_error', retryable: true, requestId: 'req_1' }),
  });
  expect((await elements.tokenize()).token).toBeDefined();
  expect(() => fake.failNext('no_such_code')).toThrow('no code');
});

it('shows at its input what only the vault could know', async () => {
  const { elements, card } = await mounted();
  await fake.fillCard(cards.amex);
  fake.failNext('brand_not_supported', { field: 'number' });
  await elements.tokenize();
  expect(card.getState().fields.number?.error?.code).toBe('brand_not_supported');
});

it('does not load when told to, and loads again', async () => {
  const card = fake.elements().create('card');
  const codes: string[] = [];
  card.on('loaderror', ({ error }) => codes.push(error.code));
  fake.failNextMount('frame_timeout');
  await expect(card.mount('#card')).rejects.toBeInstanceOf(HushfieldError);
  expect(codes).toStrictEqual(['frame_timeout']);
  await card.retry();
  await fake.fillCard(cards.visa);
  expect(card.getState().valid).toBe(true);
});

it('waits while it is held, and ends with the signal', async () => {
  const { elements } = await mounted();
  await fake.fillCard(cards.visa);
  const release = fake.hold();
  const abort = new AbortController();
  const aborted = elements.tokenize({ signal: abort.signal });
  abort.abort();
  expect((await aborted).error?.code).toBe('aborted');
  release();
  expect((await elements.tokenize()).token).toBeDefined();
});

it('takes a security code again for its own tokens alone', async () => {
  const { elements } = await mounted();
  await fake.fillCard(cards.amex);
  const { token } = await elements.tokenize();
  const again = { token: token?.id ?? '', fields: ['cvc'] as ['cvc'] };
  await fake.type('cvc', '123');
  expect((await elements.tokenize(again)).error?.code).toBe('invalid_cvc');
  await fake.type('cvc', '1234');
  expect((await elements.tokenize(again)).token).toMatchObject({ cvcCollected: true });
  await fake.type('cvc', '1234');
  const nobodys = `tok_test_${'a'.repeat(28)}`;
  expect((await elements.tokenize({ ...again, token: nobodys })).error?.code).toBe('not_found');
  expect(fake.calls.map((call) => call.token)).toStrictEqual([
    undefined,
    ...[token?.id, token?.id, nobodys],
  ]);
});

it('types into whichever element holds the input', async () => {
  const elements = fake.elements();
  for (const type of ['cardNumber', 'cardExpiry', 'cardCvc'] as const) {
    await elements.create(type).mount(`#${type}`);
  }
  await fake.fillCard(cards.visa);
  expect((await elements.tokenize()).token?.card?.cvcCollected).toBe(true);
  await expect(fake.type('name', 'Ada')).rejects.toThrow('mounted are: number, expiry, cvc');
});

it('locks as a field does whose focus was stolen', async () => {
  const { elements, card } = await mounted();
  const codes: string[] = [];
  card.on('warning', ({ code }) => codes.push(code));
  await fake.fillCard(cards.visa);
  await fake.warn('number', 'focus_lost');
  expect(codes).toStrictEqual(['focus_lost']);
  expect((await elements.tokenize()).error?.code).toBe('focus_lost');
});

it('throws what the real one throws', () => {
  const elements = fake.elements();
  expect(() => elements.create('card', { fields: ['pin' as 'cvc'] })).toThrow(HushfieldError);
  expect(() => fake.elements({ session: 'x' })).toThrow('session');
});
