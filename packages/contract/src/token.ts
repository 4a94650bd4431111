import * as z from 'zod/mini';
import { Bin } from './bin.ts';
import { Brand } from './brand.ts';
import { Mode } from './mode.ts';
import { written } from './object-maker.ts';
import { PolicyName } from './policy-name.ts';
import { collectedShape, revealedShape, TokenId } from './token-shape.ts';

export { TokenId } from './token-shape.ts';

const Timestamp = z.iso.datetime();
const last4 = (signs: string) => z.string().check(z.regex(new RegExp(`^[${signs}]{4}$`)));

const Card = z.strictObject({
  brand: Brand,
  networks: z.array(Brand).check(z.maxLength(4)),
  /** The one of them that the shopper wants to pay by; nothing where there was no choice. */
  network: z.optional(Brand),
  last4: last4('0-9'),
  bin: z.optional(Bin),
  expMonth: z.int().check(z.minimum(1), z.maximum(12)),
  expYear: z.int().check(z.minimum(2000), z.maximum(2199)),
  cvcCollected: z.boolean(),
});
const Account = z.strictObject({
  country: z.string().check(z.regex(/^[A-Z]{2}$/)),
  // Of a short number, stars and the last of its digits: never more than half of it.
  last4: last4('0-9A-Z*'),
});
const Text = z.strictObject({ policy: PolicyName });

/**
 * What stands for a card, a bank account or a secret text outside the vault, and with what else a reader is
 * told. `last4`, `bin` and the expiry are clear by design (PCI DSS 3.4.1 allows them); nothing here lets
 * anyone rebuild what was typed.
 */
export function tokenWith<E extends Record<string, z.ZodMiniType>>(extra: E) {
  const common = {
    id: TokenId,
    object: z.literal('token'),
    mode: Mode,
    createdAt: Timestamp,
    /** When the vault forgets it; null once the backend has decided to keep it. */
    expiresAt: z.nullable(Timestamp),
    ...extra,
  };
  return z.discriminatedUnion('type', [
    z.strictObject({ ...common, type: z.literal('card'), card: Card }),
    z.strictObject({ ...common, type: z.literal('iban'), iban: Account }),
    z.strictObject({ ...common, type: z.literal('bank_account'), bankAccount: Account }),
    z.strictObject({ ...common, type: z.literal('text'), text: Text }),
  ]);
}

/** A token as the vault and the frames write it. */
export const Token = tokenWith({});
export type Token = z.infer<typeof Token>;

export const CollectedToken = collectedShape(written);
export type CollectedToken = z.infer<typeof CollectedToken>;

export const RevealedToken = revealedShape(written);
export type RevealedToken = z.infer<typeof RevealedToken>;
