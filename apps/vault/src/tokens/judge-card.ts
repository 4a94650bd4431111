import {
  judgeCode,
  judgeExpiry,
  judgeName,
  judgeNumber,
  judgePostalCode,
  networks,
} from '@hushfield/card';
import type { SessionClaims } from '@hushfield/contract/boot';
import type { ErrorCode } from '@hushfield/contract/errors';
import type { CardPlaintext } from '@hushfield/contract/http';
import { isPublishedCard } from './published-cards.ts';
import { isTestCard } from './test-cards.ts';

export type Objection = { readonly code: ErrorCode; readonly field: string };

/** What a session asks of a card beyond what every card must be. */
export type Terms = Pick<SessionClaims, 'brands' | 'fields'>;

/**
 * The first rule a card breaks, in the order a shopper reads the form; the frame judged it before, but
 * for what only the vault decides: cards of the other mode, and the terms of a session.
 */
export function judgeCard(
  card: CardPlaintext,
  mode: 'test' | 'live',
  now: number,
  { brands, fields = [] }: Terms = {},
): Objection | undefined {
  const number = judgeNumber(card.number);
  if (!number.valid || !belongs(card.number, mode))
    return { code: 'invalid_number', field: 'number' };
  if (!isTaken(card, brands)) return { code: 'brand_not_supported', field: 'number' };
  const month = String(card.expMonth).padStart(2, '0');
  const expiry = judgeExpiry(`${month}/${card.expYear}`, now);
  if (!expiry.valid) {
    return { code: expiry.expired ? 'expired_card' : 'invalid_expiry', field: 'expiry' };
  }
  const lacks = (field: (typeof fields)[number]) =>
    fields.includes(field) && card[field] === undefined;
  if (lacks('cvc')) return { code: 'required_field', field: 'cvc' };
  if (card.cvc !== undefined && !judgeCode(card.cvc, number.brand).valid) {
    return { code: 'invalid_cvc', field: 'cvc' };
  }
  if (lacks('name')) return { code: 'required_field', field: 'name' };
  if (card.name !== undefined && !judgeName(card.name).valid) {
    return { code: 'invalid_name', field: 'name' };
  }
  if (lacks('postalCode')) return { code: 'required_field', field: 'postalCode' };
  if (card.postalCode !== undefined && !judgePostalCode(card.postalCode).valid) {
    return { code: 'invalid_postal_code', field: 'postalCode' };
  }
  return undefined;
}

/**
 * A co-badged card is taken for any of its networks that the session takes; where its holder has chosen one,
 * for that one alone. A frame may offer no others, and is not believed.
 */
function isTaken({ number, network: chosen }: CardPlaintext, brands: Terms['brands']): boolean {
  const candidates = networks(number).filter((network) => brands?.includes(network) ?? true);
  if (chosen !== undefined) return candidates.includes(chosen);
  return brands === undefined || candidates.length > 0;
}

/** No real card comes to rest in a sandbox, and no test card is taken for money. */
function belongs(number: string, mode: 'test' | 'live'): boolean {
  return mode === 'test' ? isTestCard(number) : !isPublishedCard(number);
}
