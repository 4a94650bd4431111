import { gatewayCards } from '@hushfield/testing/cards';
import { isPublishedCard } from '../../vault/src/tokens/published-cards.ts';
import { Refusal } from './refusal.ts';

/** What becomes of a card that is charged. */
export type Outcome =
  | { readonly kind: 'authorized' }
  | { readonly kind: 'declined'; readonly code: string }
  | { readonly kind: 'challenged' }
  /** Authorized, and never answered. */
  | { readonly kind: 'silent' };

const MAGIC: ReadonlyMap<string, Outcome> = new Map<string, Outcome>([
  [gatewayCards.declined.number, { kind: 'declined', code: 'card_declined' }],
  [gatewayCards.insufficientFunds.number, { kind: 'declined', code: 'insufficient_funds' }],
  [gatewayCards.challenged.number, { kind: 'challenged' }],
  [gatewayCards.silent.number, { kind: 'silent' }],
]);

/**
 * What a published test number stands for.
 *
 * @throws Refusal for any other number, without repeating it: a real card has nothing to do here.
 */
export function outcomeOf(number: string): Outcome {
  requirePublished(number);
  return MAGIC.get(number) ?? { kind: 'authorized' };
}

/** @throws Refusal */
export function requirePublished(number: string): void {
  if (isPublishedCard(number)) return;
  throw new Refusal(
    422,
    'not_a_test_card',
    'This is a double that moves no money. It takes published test numbers, and nothing else.',
  );
}
