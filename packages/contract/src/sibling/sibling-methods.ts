import * as z from 'zod/mini';
import { BinDigits } from '../bin.ts';
import { Brand } from '../brand.ts';
import { VALIDATION_CODES, ValidationCode } from '../errors/validation-codes.ts';
import { FieldName } from '../frame/names.ts';
import { method } from '../method.ts';
import { PolicyName } from '../policy-name.ts';
import { SecretText } from '../secret-text.ts';

/** What a field can say of its inputs: what is wrong with one, or that it has locked itself. */
const FieldCode = z.enum([...VALIDATION_CODES, 'focus_lost']);

/**
 * What a field hands to the controller of its own origin. The only shape in the project that carries
 * a card number between two documents; the SDK may not even import it.
 */
export const Collected = z.strictObject({
  number: z.optional(z.string().check(z.regex(/^\d{12,19}$/))),
  expiry: z.optional(
    z.strictObject({
      month: z.int().check(z.minimum(1), z.maximum(12)),
      year: z.int().check(z.minimum(2000), z.maximum(2199)),
    }),
  ),
  cvc: z.optional(z.string().check(z.regex(/^\d{3,4}$/))),
  name: z.optional(z.string().check(z.maxLength(256))),
  postalCode: z.optional(z.string().check(z.maxLength(11))),
  iban: z.optional(z.string().check(z.regex(/^[A-Z]{2}[0-9A-Z]{3,32}$/))),
  routingNumber: z.optional(z.string().check(z.regex(/^\d{9}$/))),
  accountNumber: z.optional(z.string().check(z.regex(/^\d{4,17}$/))),
  text: z.optional(SecretText),
  policy: z.optional(PolicyName),
  /** What a shopper who was offered networks has chosen, or let stand. */
  network: z.optional(Brand),
  errors: z.array(z.strictObject({ code: FieldCode, field: FieldName })).check(z.maxLength(5)),
});
export type Collected = z.infer<typeof Collected>;

/** The one input that is meant; all of the element without. */
const Only = z.optional(FieldName);

/** What the controller may ask of a joined field. */
export const siblingMethods = {
  /** Values if all inputs that are meant are valid, else the errors, which the field also shows. */
  collect: method({ args: z.tuple([Only]), result: Collected, timeoutMs: 2_000 }),
  /** The vault refused what stands in an input: show it there. */
  reject: method({
    args: z.tuple([z.strictObject({ field: FieldName, code: ValidationCode })]),
    result: z.undefined(),
    timeoutMs: 2_000,
  }),
  /**
   * Which brands the page's session takes, null for all: told when a field joins and when a session was found
   * good. A field that has heard nothing refuses no brand and offers no network.
   */
  allow: method({
    args: z.tuple([z.nullable(z.array(Brand).check(z.maxLength(32)))]),
    result: z.undefined(),
    timeoutMs: 2_000,
  }),
  /** How much of a BIN the page may see: told like brands, and none until then. */
  showBin: method({ args: z.tuple([BinDigits]), result: z.undefined(), timeoutMs: 2_000 }),
  /** Answers when the field has locked itself, and never before: the controller then burns its ticket. */
  lost: method({ args: z.tuple([]), result: z.undefined(), timeoutMs: 2_147_483_647 }),
  /** The values are a token now, or beside one: forget them. */
  forget: method({ args: z.tuple([Only]), result: z.undefined(), timeoutMs: 2_000 }),
} as const;
