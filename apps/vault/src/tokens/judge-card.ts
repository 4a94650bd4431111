import { judgeCode, judgeExpiry, judgeName, judgeNumber } from '@hushfield/card';
import type { ErrorCode } from '@hushfield/contract/errors';
import type { CardPlaintext } from '@hushfield/contract/http';
import { isPublishedCard } from './published-cards.ts';
import { isTestCard } from './test-cards.ts';

export type Objection = { readonly code: ErrorCode; readonly field: string };

/** The first rule a card breaks, in the order a shopper reads the form; the frame judged it before. */
export function judgeCard(
  card: CardPlaintext,
  mode: 'test' | 'live',
  now: number,
): Objection | undefined {
  const number = judgeNumber(card.number);
  if (!number.valid || !belongs(card.number, mode))
    return { code: 'invalid_number', field: 'number' };
  const month = String(card.expMonth).padStart(2, '0');
  const expiry = judgeExpiry(`${month}/${card.expYear}`, now);
  if (!expiry.valid) {
    return { code: expiry.expired ? 'expired_card' : 'invalid_expiry', field: 'expiry' };
  }
  if (card.cvc !== undefined && !judgeCode(card.cvc, number.brand).valid) {
    return { code: 'invalid_cvc', field: 'cvc' };
  }
  if (card.name !== undefined && !judgeName(card.name).valid) {
    return { code: 'invalid_name', field: 'name' };
  }
  return undefined;
}

/** No real card comes to rest in a sandbox, and no test card is taken for money. */
function belongs(number: string, mode: 'test' | 'live'): boolean {
  return mode === 'test' ? isTestCard(number) : !isPublishedCard(number);
}
