/** What the shop knows of the money for an order. */
export type Payment =
  /** No answer yet. Whether anything was sent is open, unless the vault has last said that nothing was. */
  | { readonly state: 'pending'; readonly notSent: boolean }
  /** This shop has no gateway: an order is a token, and nothing is charged. */
  | { readonly state: 'uncharged' }
  | { readonly state: 'authorized'; readonly id: string }
  /** The bank wants to hear from the shopper first (3-D Secure). */
  | { readonly state: 'challenge_required'; readonly id: string }
  | { readonly state: 'declined'; readonly code: string }
  /** It was sent and no answer came: charged or not, nobody here can say. */
  | { readonly state: 'unknown' };

/** An order's part of what a gateway is asked. */
export type Charge = {
  /** For the gateway, and the name under which nothing is done twice. */
  readonly reference: string;
  readonly token: string;
  readonly withCode: boolean;
  readonly cents: number;
};

/** Nothing was charged, and the same again may succeed. */
export class NotCharged extends Error {
  override readonly name = 'NotCharged';
}

/**
 * With this token nothing will be charged any more, and the card must be typed again. Whether anything was is another
 * question: a code is gone too because it was sent.
 */
export class CardIsGone extends Error {
  override readonly name = 'CardIsGone';
}
