import * as z from 'zod';
import type { Charge } from './payment.ts';
import { Refusal } from './refusal.ts';

const MOST = 99_999_999;
const Minor = z.number().int().min(1).max(MOST);
/** As a form can say it. */
const MinorText = z.coerce.number().int().min(1).max(MOST);
const Currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/)
  .transform((code) => code.toUpperCase());
// Numbers, or the digits that stood in a placeholder's stead.
const Month = z.coerce.number().int().min(1).max(12);
const Year = z.coerce.number().int().min(2000).max(2100);
const Digits = z.string().regex(/^\d{12,19}$/);
const Code = z.string().regex(/^\d{3,4}$/);
const Name = z.string().min(1).max(200);
const Reference = z.string().min(1).max(100);

/** `POST /v1/payments`. Authorizes alone unless it says `capture`. */
export const NewPayment = z
  .strictObject({
    amount: z.strictObject({ value: Minor, currency: Currency }),
    card: z.strictObject({
      number: Digits,
      expiryMonth: Month,
      expiryYear: Year,
      cvc: Code.optional(),
      holderName: Name.optional(),
    }),
    capture: z.boolean().default(false),
    reference: Reference.optional(),
  })
  .transform(
    ({ amount, card, capture, reference }): Charge => ({
      amount,
      capture,
      reference,
      card: {
        number: card.number,
        expMonth: card.expiryMonth,
        expYear: card.expiryYear,
        cvc: card.cvc,
        name: card.holderName,
      },
    }),
  );

/** `POST /form/charges`. Captures by itself unless it says `capture=false`. */
export const NewCharge = z
  .strictObject({
    amount: MinorText,
    currency: Currency,
    card: z.strictObject({
      number: Digits,
      exp_month: Month,
      exp_year: Year,
      cvc: Code.optional(),
      name: Name.optional(),
    }),
    capture: z.enum(['true', 'false']).default('true'),
    description: Reference.optional(),
  })
  .transform(
    ({ amount, currency, card, capture, description }): Charge => ({
      amount: { value: amount, currency },
      capture: capture === 'true',
      reference: description,
      card: {
        number: card.number,
        expMonth: card.exp_month,
        expYear: card.exp_year,
        cvc: card.cvc,
        name: card.name,
      },
    }),
  );

/** A capture or a refund; of all there is, where it names no amount. */
export const Part = z.strictObject({
  amount: z.strictObject({ value: Minor, currency: Currency }).optional(),
});
export const FormPart = z.strictObject({ amount: MinorText.optional() });

/** What the holder of the card said to the issuer. */
export const Confirmation = z.strictObject({ outcome: z.enum(['approved', 'refused']) });

export const Search = z.strictObject({ reference: Reference.optional() });
export const Params = z.object({ id: z.string().max(64) });

/** @throws Refusal naming the inputs that are wrong, never what stood in them. */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path }) => path.join('.')).filter((path) => path !== '');
  const where = wrong.length === 0 ? 'the body' : wrong.join(', ');
  throw new Refusal(422, 'invalid_request', `Not as this interface has it: ${where}.`);
}
