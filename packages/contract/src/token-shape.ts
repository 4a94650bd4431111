import * as z from 'zod/mini';
import { Mode } from './mode.ts';
import type { ObjectMaker } from './object-maker.ts';
import { PolicyName } from './policy-name.ts';

export const TokenId = z.string().check(z.regex(/^tok_(test|live)_[0-9A-Za-z]{28}$/));

const Timestamp = z.iso.datetime();

/**
 * What stands for a card, a bank account or a secret text outside the vault, over the brands that it may
 * name and with what else a reader is told. `last4`, `bin` and the expiry are clear by design (PCI DSS
 * 3.4.1 allows them); nothing here lets anyone rebuild what was typed.
 */
export function tokenShape<B extends z.ZodMiniType<string, string>, E extends z.core.$ZodShape>(
  object: ObjectMaker,
  brand: B,
  extra: E,
) {
  const common = {
    id: TokenId,
    object: z.literal('token'),
    mode: Mode,
    createdAt: Timestamp,
    /** When the vault forgets it; null once the backend has decided to keep it. */
    expiresAt: z.nullable(Timestamp),
    ...extra,
  };
  const last4 = z.string().check(z.regex(/^[\dA-Z]{4}$/));
  const account = object({ country: z.string().check(z.regex(/^[A-Z]{2}$/)), last4 });
  return z.discriminatedUnion('type', [
    object({
      ...common,
      type: z.literal('card'),
      card: object({
        brand,
        networks: z.array(brand).check(z.maxLength(4)),
        last4,
        bin: z.optional(z.string().check(z.regex(/^\d{1,8}$/))),
        expMonth: z.int().check(z.minimum(1), z.maximum(12)),
        expYear: z.int().check(z.minimum(2000), z.maximum(2199)),
        cvcCollected: z.boolean(),
      }),
    }),
    object({ ...common, type: z.literal('iban'), iban: account }),
    object({ ...common, type: z.literal('bank_account'), bankAccount: account }),
    object({ ...common, type: z.literal('text'), text: object({ policy: PolicyName }) }),
  ]);
}

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
