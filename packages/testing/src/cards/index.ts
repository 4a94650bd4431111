export { cards, refusedCards } from './deck.ts';
export { gatewayCards } from './gateway-cards.ts';
export type { RefusedCard, TestCard } from './types.ts';
