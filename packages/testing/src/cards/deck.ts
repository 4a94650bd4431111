import { card, december } from './card.ts';
import type { RefusedCard, TestCard } from './types.ts';

/**
 * Published test numbers, one or two of each brand that a vault in test mode takes. A token comes of every
 * one of them; none is anybody's card.
 */
export const cards = Object.freeze({
  visa: card('visa', '4242424242424242'),
  /** The longest that Visa issues. */
  visa19: card('visa', '4000000000000000006'),
  /** The shortest. */
  visa13: card('visa', '4222222222222'),
  mastercard: card('mastercard', '5555555555554444'),
  /** Of the range that began in 2017. */
  mastercard2: card('mastercard', '2223003122003222'),
  /** Fifteen digits, and four of security code. */
  amex: card('amex', '378282246310005', { cvc: '1234' }),
  discover: card('discover', '6011111111111117'),
  /** Fourteen digits. */
  diners: card('diners', '36227206271667'),
  jcb: card('jcb', '3566002020360505'),
  unionpay: card('unionpay', '6200000000000005'),
  unionpay19: card('unionpay', '6205500000000000004'),
  maestro: card('maestro', '6304000000000000'),
  mir: card('mir', '2200000000000004'),
  hipercard: card('hipercard', '6062828888666688'),
  /** Two networks on one card: `networkschange` tells of both. */
  coBadgedDankort: card('visa', '4571000000000001', { networks: ['visa', 'dankort'] }),
  coBadgedBancontact: card('bancontact', '6703444444444449', {
    networks: ['bancontact', 'maestro'],
  }),
});

type Refusal = Pick<RefusedCard, 'code' | 'field' | 'by'> & Partial<TestCard>;

function refusal({ code, field, by, ...typed }: Refusal): RefusedCard {
  const { number, expiry, cvc } = { ...cards.visa, ...typed };
  return Object.freeze({ number, expiry, cvc, code, field, by });
}

/** Cards that no token comes of. */
export const refusedCards = Object.freeze({
  /** The last digit is wrong. */
  mistyped: refusal({
    number: '4242424242424241',
    code: 'invalid_number',
    field: 'number',
    by: 'field',
  }),
  half: refusal({ number: '42424242', code: 'incomplete_number', field: 'number', by: 'field' }),
  expired: refusal({ expiry: december(-1), code: 'expired_card', field: 'expiry', by: 'field' }),
  /** No card is good for that long. */
  tooFar: refusal({ expiry: '1299', code: 'invalid_expiry', field: 'expiry', by: 'field' }),
  shortCode: refusal({ cvc: '12', code: 'incomplete_cvc', field: 'cvc', by: 'field' }),
  /** In order, but of no network that is known: no mark is shown, and a vault in test mode takes it not. */
  unknownBrand: refusal({
    number: '9999999999999995',
    code: 'invalid_number',
    field: 'number',
    by: 'vault',
  }),
  /** In order, and in no list of test cards: test mode takes no card that may be somebody's. */
  notATestCard: refusal({
    number: '4539578763621486',
    code: 'invalid_number',
    field: 'number',
    by: 'vault',
  }),
});
