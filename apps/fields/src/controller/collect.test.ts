import { serve } from '@hushfield/bridge';
import { errorOf } from '@hushfield/contract/errors';
import { type Collected, siblingMethods } from '@hushfield/contract/sibling';
import { afterEach, describe, expect, it } from 'vitest';
import { Siblings } from './collect.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** What a field answers that is asked for one input. */
function part(values: Collected, only?: string): Collected {
  if (only === undefined) return values;
  const errors = values.errors.filter(({ field }) => field === only);
  return { ...(only === 'cvc' && values.cvc ? { cvc: values.cvc } : {}), errors };
}

/** Joined fields that hold these values. */
function makeSiblings(held: Record<string, Collected>) {
  const siblings = new Siblings({ brands: null, binDigits: 0 });
  const forgotten: string[] = [];
  const rejected: string[] = [];
  const allowed: string[] = [];
  const shown: string[] = [];
  let lock = () => {};
  const locked = new Promise<void>((resolve) => {
    lock = resolve;
  });
  for (const [member, values] of Object.entries(held)) {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    const forget = (only = 'all') => void forgotten.push(`${member} ${only}`);
    const reject = ({ field, code }: { field: string; code: string }) =>
      void rejected.push(`${member} ${field} ${code}`);
    const allow = (brands: readonly string[] | null) =>
      void allowed.push(`${member} ${brands?.join() ?? 'all'}`);
    const showBin = (digits: number) => void shown.push(`${member} ${digits}`);
    serve({
      port: port1,
      contract: siblingMethods,
      handlers: {
        collect: (only) => part(values, only),
        forget,
        reject,
        allow,
        showBin,
        lost: () => locked,
      },
    });
    siblings.join(member, port2);
  }
  return { siblings, forgotten, rejected, allowed, shown, lock: () => lock() };
}

const number = '4242424242424242';
const expiry = { month: 12, year: 2030 };
const good = {
  cardNumber: { number, errors: [] },
  cardExpiry: { expiry, errors: [] },
  cardCvc: { cvc: '123', errors: [] },
};
const all = ['cardNumber', 'cardExpiry', 'cardCvc'] as const;
const never = new Promise<void>(() => {});

it.each([
  ['a number', 'number', { card: { number: '4000056655665556', errors: [] }, ...good }],
  ['a security code', 'cvc', { ...good, card: { cvc: '999', errors: [] } }],
])('makes no token of %s that two elements hold', async (_, field, held) => {
  const { siblings, forgotten } = makeSiblings(held);
  const elements = ['card', ...all] as const;
  expect(await siblings.collect(elements)).toMatchObject({ code: 'invalid_option', field });
  expect(forgotten).toStrictEqual([]);
});

it('hears of a field that has locked itself, and of no other', async () => {
  const { siblings, lock } = makeSiblings(good);
  const heard: string[] = [];
  void siblings.lost.then(() => heard.push('lost'));
  await siblings.collect(all);
  expect(heard).toStrictEqual([]);
  lock();
  await siblings.lost;
  expect(heard).toStrictEqual(['lost']);
});

it('tells every field what it goes by, at once and when that is known better', async () => {
  const { siblings, allowed, shown } = makeSiblings(good);
  siblings.goBy({ brands: ['visa', 'dankort'], binDigits: 6 });
  await siblings.collect(all);
  const told = all.flatMap((member) => [`${member} all`, `${member} visa,dankort`]);
  expect(allowed).toStrictEqual(told);
  expect(shown).toStrictEqual(all.flatMap((member) => [`${member} 0`, `${member} 6`]));
});

it('tells a field that joins later too, and goes on past one that knows no such question', async () => {
  const { siblings } = makeSiblings({});
  siblings.goBy({ brands: ['amex'], binDigits: 0 });
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const { allow: _, showBin: __, ...older } = siblingMethods;
  const handlers = { forget() {}, reject() {}, collect: () => good.cardNumber, lost: () => never };
  serve({ port: port1, contract: older, handlers });
  siblings.join('cardNumber', port2);
  const { port1: near, port2: far } = new MessageChannel();
  ports.push(near, far);
  const heard = new Promise((resolve) => {
    serve({
      port: near,
      contract: siblingMethods,
      handlers: { ...handlers, allow: resolve, showBin() {} },
    });
  });
  siblings.join('card', far);
  expect(await heard).toStrictEqual(['amex']);
  expect(await siblings.collect(['cardNumber'])).toMatchObject({ code: 'required_field' });
});

describe('collecting a card', () => {
  it('puts separate elements together', async () => {
    const { siblings } = makeSiblings(good);
    const card = { number, expMonth: 12, expYear: 2030, cvc: '123' };
    expect(await siblings.collect(all)).toStrictEqual(card);
  });

  it('takes the network that was chosen along with the number', async () => {
    const { siblings } = makeSiblings({
      ...good,
      cardNumber: { ...good.cardNumber, network: 'visa' },
    });
    expect(await siblings.collect(all)).toMatchObject({ number, network: 'visa' });
  });

  const wrong: [string, Record<string, Collected>, string, string][] = [
    [
      'the first error of any element',
      { ...good, cardExpiry: { errors: [{ code: 'expired_card', field: 'expiry' }] } },
      'expired_card',
      'expiry',
    ],
    [
      'a code too short for the brand',
      { ...good, cardNumber: { number: '378282246310005', errors: [] } },
      'invalid_cvc',
      'cvc',
    ],
  ];

  it.each(wrong)('tells %s', async (_, held, code, field) => {
    const { siblings } = makeSiblings(held);
    expect(await siblings.collect(all)).toMatchObject({ code, field });
  });

  it.each([
    ['number', ['cardExpiry', 'cardCvc']],
    ['expiry', ['cardNumber', 'cardCvc']],
  ] as const)('misses a %s that is not on the page', async (field, elements) => {
    const { siblings } = makeSiblings(good);
    expect(await siblings.collect(elements)).toMatchObject({ code: 'required_field', field });
  });

  it('gives up on an element that has not joined', async () => {
    const { siblings } = makeSiblings({ cardNumber: good.cardNumber });
    await expect(siblings.collect(all)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('refuses a value that no field of ours would send', async () => {
    const { siblings } = makeSiblings({ ...good, cardNumber: { number: 'x', errors: [] } });
    await expect(siblings.collect(all)).rejects.toMatchObject({ code: 'internal' });
  });

  it('asks the elements it collected to forget, and no other', async () => {
    const { siblings, forgotten } = makeSiblings({ ...good, card: good.cardNumber });
    await siblings.forget(all);
    expect(forgotten.sort()).toStrictEqual(['cardCvc all', 'cardExpiry all', 'cardNumber all']);
  });

  it('tells fields what the vault objects to', async () => {
    const { siblings, rejected } = makeSiblings({ cardNumber: good.cardNumber });
    await siblings.reject(errorOf('invalid_number', { field: 'number' }), all);
    await siblings.reject(errorOf('network_error'), all);
    await siblings.reject(errorOf('invalid_request', { field: 'number' }), all);
    expect(rejected).toStrictEqual(['cardNumber number invalid_number']);
  });
});

describe('collecting a security code', () => {
  const token = `tok_test_${'a'.repeat(28)}`;

  it.each([
    ['alone', { cardCvc: good.cardCvc }],
    ['with others, whatever stands there', { ...good, cardNumber: { errors: [] } }],
    ['of a combined card', { card: { ...good.cardNumber, ...good.cardCvc } }],
    [
      'beside an expiry that is wrong',
      {
        ...good,
        cardExpiry: { errors: [{ code: 'expired_card' as const, field: 'expiry' as const }] },
      },
    ],
  ])('takes it %s, and nothing else', async (_, held: Record<string, Collected>) => {
    const { siblings } = makeSiblings(held);
    const elements = Object.keys(held) as ('card' | 'cardCvc')[];
    expect(await siblings.collectCode(elements, token)).toStrictEqual({ token, cvc: '123' });
  });

  it('tells what is wrong with it, and that there is no input for it', async () => {
    const errors = [{ code: 'incomplete_cvc' as const, field: 'cvc' as const }];
    const { siblings } = makeSiblings({ cardCvc: { errors }, cardNumber: good.cardNumber });
    const wrong = { code: 'incomplete_cvc', field: 'cvc' };
    expect(await siblings.collectCode(['cardCvc'], token)).toMatchObject(wrong);
    const missing = { code: 'required_field', field: 'cvc' };
    expect(await siblings.collectCode(['cardNumber'], token)).toMatchObject(missing);
  });

  it('asks for that input to be forgotten alone', async () => {
    const { siblings, forgotten } = makeSiblings({ card: good.cardNumber });
    await siblings.forget(['card'], 'cvc');
    expect(forgotten).toStrictEqual(['card cvc']);
  });
});
