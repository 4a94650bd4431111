import * as z from 'zod/mini';
import type { ObjectMaker } from './object-maker.ts';

export const TokenId = z.string().check(z.regex(/^tok_(test|live)_[0-9A-Za-z]{28}$/));

/** What a page is told that has had something shown: whose it is, and nothing of it. */
export function revealedShape(object: ObjectMaker) {
  return object({ id: TokenId, object: z.literal('token'), revealed: z.literal(true) });
}

/**
 * What a page is told that has collected a security code again. It may know no more of the card than the
 * id it has brought: brand, last digits and expiry are for whoever has typed the card.
 */
export function collectedShape(object: ObjectMaker) {
  return object({
    id: TokenId,
    object: z.literal('token'),
    cvcCollected: z.literal(true),
  });
}
