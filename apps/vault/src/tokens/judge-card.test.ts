import { describe, expect, test } from 'vitest';
import { PUBLISHED } from '../../../../packages/card/src/published-numbers.fixture.ts';
import { NOON } from '../../test/test-vault.ts';
import { judgeCard } from './judge-card.ts';

const judge = (number: string, mode: 'test' | 'live') =>
  judgeCard({ number, expMonth: 12, expYear: 2030 }, mode, NOON)?.code;

describe('attacks', () => {
  test.each(PUBLISHED)('live mode takes no published card of %s', (_brand, numbers) => {
    for (const number of numbers)
      expect([number, judge(number, 'live')]).toStrictEqual([number, 'invalid_number']);
  });

  test.each([
    ['of shoppers', '4929000000000109', 'invalid_number', undefined],
    ['that begins like a published one', '4242424242424226', undefined, undefined],
    ['that is published', '4242424242424242', undefined, 'invalid_number'],
    ['with a wrong check digit', '4242424242424241', 'invalid_number', 'invalid_number'],
  ])('a card %s is told from others by the mode alone', (_name, number, inTest, inLive) => {
    expect([judge(number, 'test'), judge(number, 'live')]).toStrictEqual([inTest, inLive]);
  });
});
