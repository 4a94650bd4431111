/** What the shop knows of the money for an order. */
export type Payment =
  /** Nothing was sent yet, or it is known that what was sent did nothing. */
  | { readonly state: 'pending' }
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
  /** Of the order: the gateway's reference, and the name under which nothing is done twice. */
  readonly id: string;
  readonly token: string;
  readonly withCode: boolean;
  readonly cents: number;
};

/** Nothing was charged, and the same again may succeed. */
export class NotCharged extends Error {
  override readonly name = 'NotCharged';
}

/** Nothing was charged, and with this token nothing will be: the card must be typed again. */
export class CardIsGone extends Error {
  override readonly name = 'CardIsGone';
}
