import { serve } from '@hushfield/bridge';
import { errorOf } from '@hushfield/contract/errors';
import { type Collected, siblingMethods } from '@hushfield/contract/sibling';
import { afterEach, describe, expect, it } from 'vitest';
import { Siblings } from './collect.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** Joined fields that hold these values. */
function makeSiblings(held: Record<string, Collected>) {
  const siblings = new Siblings();
  const forgotten: string[] = [];
  const rejected: string[] = [];
  let lock = () => {};
  const locked = new Promise<void>((resolve) => {
    lock = resolve;
  });
  for (const [member, values] of Object.entries(held)) {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    const forget = () => void forgotten.push(member);
    const reject = ({ field, code }: { field: string; code: string }) =>
      void rejected.push(`${member} ${field} ${code}`);
    serve({
      port: port1,
      contract: siblingMethods,
      handlers: { collect: () => values, forget, reject, lost: () => locked },
    });
    siblings.join(member, port2);
  }
  return { siblings, forgotten, rejected, lock: () => lock() };
}

const number = '4242424242424242';
const expiry = { month: 12, year: 2030 };
const good = {
  cardNumber: { number, errors: [] },
  cardExpiry: { expiry, errors: [] },
  cardCvc: { cvc: '123', errors: [] },
};
const all = ['cardNumber', 'cardExpiry', 'cardCvc'] as const;

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

describe('collecting a card', () => {
  it('puts separate elements together', async () => {
    const { siblings } = makeSiblings(good);
    const card = { number, expMonth: 12, expYear: 2030, cvc: '123' };
    expect(await siblings.collect(all)).toStrictEqual(card);
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
    expect(forgotten.sort()).toStrictEqual(['cardCvc', 'cardExpiry', 'cardNumber']);
  });

  it('tells fields what the vault objects to', async () => {
    const { siblings, rejected } = makeSiblings({ cardNumber: good.cardNumber });
    await siblings.reject(errorOf('invalid_number', { field: 'number' }), all);
    await siblings.reject(errorOf('network_error'), all);
    await siblings.reject(errorOf('invalid_iban', { field: 'iban' }), all);
    expect(rejected).toStrictEqual(['cardNumber number invalid_number']);
  });
});
