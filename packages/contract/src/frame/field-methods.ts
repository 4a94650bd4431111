import * as z from 'zod/mini';
import { method } from '../method.ts';
import { type ObjectMaker, written } from '../object-maker.ts';
import { configureOf } from './configure.ts';
import { FieldName } from './names.ts';
import { PageText } from './page-text.ts';

const nothing = z.undefined();
const one = z.strictObject({ field: z.optional(FieldName) });

/** What the SDK may ask of a field. Nothing here takes a value in or gives one out. */
export function fieldContract(object: ObjectMaker) {
  return {
    configure: configureOf(object),
    /** Moves focus into the element; `false` where the browser refused (no user gesture on some phones). */
    focus: method({ args: z.tuple([one]), result: z.boolean(), timeoutMs: 2_000 }),
    blur: method({ args: z.tuple([]), result: nothing, timeoutMs: 2_000 }),
    clear: method({ args: z.tuple([one]), result: nothing, timeoutMs: 2_000 }),
    /** Shows the page's own message at a field (a declined card), or takes it away with an empty text. */
    setError: method({
      args: z.tuple([z.strictObject({ field: FieldName, message: PageText })]),
      result: nothing,
      timeoutMs: 2_000,
    }),
    /** Joins the controller of the same group again, after that was (re)created. */
    join: method({ args: z.tuple([]), result: z.boolean(), timeoutMs: 10_000 }),
  } as const;
}

/** The same, as a field answers it. */
export const fieldMethods = fieldContract(written);
