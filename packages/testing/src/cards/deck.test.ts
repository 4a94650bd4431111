import { detectBrand, judgeNumber, networks } from '@hushfield/card';
import { expect, it } from 'vitest';
import { isPublishedCard } from '../../../../apps/vault/src/tokens/published-cards.ts';
import { isTestCard } from '../../../../apps/vault/src/tokens/test-cards.ts';
import { cards, gatewayCards, refusedCards } from './index.ts';

const taken = [...Object.entries(cards), ...Object.entries(gatewayCards)];
const both = [...taken, ...Object.entries(refusedCards)];

it.each(taken)('%s is what it says, and is taken in test mode', (_, card) => {
  expect(judgeNumber(card.number).valid).toBe(true);
  expect(detectBrand(card.number)).toBe(card.brand);
  expect(networks(card.number)).toStrictEqual(card.networks);
  expect(isTestCard(card.number)).toBe(true);
});

it.each(taken)('%s is published, so that live mode refuses it', (_, { number }) => {
  expect(isPublishedCard(number)).toBe(true);
});

it.each(both)('%s cannot be changed by the test that uses it', (_, card) => {
  expect(Object.isFrozen(card)).toBe(true);
});
