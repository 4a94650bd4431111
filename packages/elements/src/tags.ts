import type { ElementType } from '@hushfield/sdk';

/** Every element of the SDK and what its tag ends in; a new one is one line. */
export const TAGS = {
  card: 'card',
  cardNumber: 'card-number',
  cardExpiry: 'card-expiry',
  cardCvc: 'card-cvc',
  cardholderName: 'cardholder-name',
  postalCode: 'postal-code',
} as const satisfies Record<ElementType, string>;
