import * as z from 'zod/mini';
import type { ObjectMaker } from '../object-maker.ts';
import { ElementType, FieldName } from './names.ts';

/*
 * ALL A PAGE MAY SEE ABOUT A CARD BEFORE IT IS A TOKEN (promise P2).
 *
 * brand, networks, which of them the shopper is to pay by, four validity bits, a localised error sentence
 * with its code, which input has focus, and of a number that is done as much of the BIN as its key shows, by
 * default none. Two cards with the same sequence of these give byte-identical transcripts. A field that is not
 * listed here has no way out: every event is parsed against these schemas on leaving the frame.
 * Events leave on a tick of `TICK_MS`, so that a burst of keys is one event and digits cannot be
 * counted; `valid` of a number changes only when it was left by a key, has rested without focus or
 * after it was filled in, or has the brand's longest length, so that it is no Luhn oracle for what is
 * being typed.
 */
export const TICK_MS = 100;

/** Where the names in it come from: closed lists on leaving a frame, any name on reaching a page. */
type Names<B, N, C, W> = {
  readonly object: ObjectMaker;
  readonly brand: B;
  readonly bin: N;
  readonly code: C;
  readonly warning: W;
};
type NameType = z.ZodMiniType<string, string>;

/** The shape of what a field tells, over lists of names. */
export function observed<
  B extends NameType,
  N extends NameType,
  C extends NameType,
  W extends NameType,
>({ object, brand, bin, code, warning }: Names<B, N, C, W>) {
  const FieldError = object({
    code,
    message: z.string().check(z.maxLength(200)),
    field: FieldName,
  });
  const FieldState = object({
    empty: z.boolean(),
    complete: z.boolean(),
    valid: z.boolean(),
    potentiallyValid: z.boolean(),
    focused: z.boolean(),
    error: z.optional(FieldError),
  });
  const state = object({
    elementType: ElementType,
    empty: z.boolean(),
    complete: z.boolean(),
    valid: z.boolean(),
    potentiallyValid: z.boolean(),
    brand,
    networks: z.array(brand).check(z.maxLength(4)),
    /** While a choice of networks is shown: the one that is chosen, by the shopper or for them. */
    network: z.optional(brand),
    /** The first digits of a valid number at rest, where its key shows them. */
    bin: z.optional(bin),
    error: z.optional(FieldError),
    fields: z.partialRecord(FieldName, FieldState),
  });
  /** Events a field sends. The port they leave by carries nothing inward. */
  return z.discriminatedUnion('type', [
    object({ type: z.literal('change'), state }),
    object({ type: z.enum(['focus', 'blur']), field: FieldName, state }),
    /** By `copy`, what is shown was put on the clipboard, by a hand on our own button. */
    object({ type: z.enum(['escape', 'submit', 'autofill', 'copy']), field: FieldName }),
    object({
      type: z.literal('resize'),
      height: z.int().check(z.minimum(0), z.maximum(2000)),
    }),
    object({ type: z.literal('warning'), code: warning }),
  ]);
}
