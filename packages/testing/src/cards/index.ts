export { cards, refusedCards } from './deck.ts';
export type { RefusedCard, TestCard } from './types.ts';
