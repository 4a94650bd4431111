import { describe, expect, test } from 'vitest';
import { PUBLISHED } from '../../../../packages/card/src/published-numbers.fixture.ts';
import { luhn, networks } from '@hushfield/card';
import { Brand } from '@hushfield/contract/http';
import fc from 'fast-check';
import { NOON } from '../../test/test-vault.ts';
import { judgeCard } from './judge-card.ts';

const judge = (number: string, mode: 'test' | 'live') =>
  judgeCard({ number, expMonth: 12, expYear: 2030 }, mode, NOON)?.code;

describe('attacks', () => {
  test.each(PUBLISHED)('live mode takes no published card of %s', (_brand, numbers) => {
    for (const number of numbers)
      expect([number, judge(number, 'live')]).toStrictEqual([number, 'invalid_number']);
  });

  test.each(
    [
      ['4100000000000019', '4000000000004954', '4000008400001629', '4000008400001280'],
      ['4000000000003238', '4000008260003178', '6555900000604105', '4111111145551142'],
      ['4007000000027', '4032039317984658', '4761739001010010', '2223000010309703'],
      ['2223016768739313', '4012000098765439', '4005550000000019', '3566111111111113'],
    ].flat(),
  )('live mode takes no %s, which is good by its digits', (number) => {
    expect([luhn(number), judge(number, 'live')]).toStrictEqual([true, 'invalid_number']);
  });

  test.each([
    ['of shoppers', '4929000000000109', 'invalid_number', undefined],
    ['that begins like a published one', '4242424242424226', undefined, undefined],
    ['that is published', '4242424242424242', undefined, 'invalid_number'],
    ['of nineteen digits that is published', '6205500000000000004', undefined, 'invalid_number'],
    ['with a wrong check digit', '4242424242424241', 'invalid_number', 'invalid_number'],
  ])('a card %s is told from others by the mode alone', (_name, number, inTest, inLive) => {
    expect([judge(number, 'test'), judge(number, 'live')]).toStrictEqual([inTest, inLive]);
  });
});

describe('the network that a holder chose', () => {
  const numbers = PUBLISHED.flatMap(([, all]) => all).filter(
    (number) => judge(number, 'test') === undefined,
  );
  const brand = fc.constantFrom(...Brand.options);

  test('is one that the number runs on and the session takes, whatever a frame says', () => {
    const brands = fc.option(fc.uniqueArray(brand, { minLength: 1 }), { nil: undefined });
    fc.assert(
      fc.property(fc.constantFrom(...numbers), brand, brands, (number, network, taken) => {
        const card = { number, expMonth: 12, expYear: 2030, network };
        const fits = networks(number).includes(network) && (taken?.includes(network) ?? true);
        const objection = judgeCard(card, 'test', NOON, taken && { brands: taken });
        expect(objection?.code).toBe(fits ? undefined : 'brand_not_supported');
      }),
    );
    expect(numbers.length).toBeGreaterThan(20);
  });
});
