import { card } from './card.ts';

/**
 * Cards that a vault takes like any other, and that stand for an answer of the gateway behind it: of the
 * gateway double of `npm start`, and of no real one.
 */
export const gatewayCards = Object.freeze({
  /** The issuer says no, and nothing more. */
  declined: card('visa', '4000000000000002'),
  /** The issuer says no: the money is not there. */
  insufficientFunds: card('visa', '4000000000009995'),
  /** The holder must confirm the payment with the issuer first (3-D Secure). */
  challenged: card('visa', '4000000000003220'),
  /** The payment is made, and the answer never comes: whoever asks cannot know which. */
  silent: card('visa', '4000000000000119'),
});
