import * as z from 'zod/mini';

/** One thing that is shown: what it is, and as much of it as the grant allows. */
const Line = z.strictObject({
  field: z.enum([
    ...(['number', 'expiry', 'name', 'postalCode'] as const),
    ...(['iban', 'routingNumber', 'accountNumber', 'text'] as const),
  ]),
  text: z.string().check(z.minLength(1), z.maxLength(256)),
});

/** What a frame shows a person, and no page. */
export const Shown = z.strictObject({
  lines: z.array(Line).check(z.minLength(1), z.maxLength(4)),
  /** How long. */
  seconds: z.int().check(z.minimum(5), z.maximum(600)),
});
export type Shown = z.infer<typeof Shown>;
