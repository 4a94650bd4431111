import * as z from 'zod/mini';
import { Colour, pixels } from './appearance.ts';

/**
 * What may differ from state to state: colours alone. A size that changed with a state would be told to the
 * page by the height of the frame.
 */
const COLOURS = {
  color: z.optional(Colour),
  backgroundColor: z.optional(Colour),
  borderColor: z.optional(Colour),
  outlineColor: z.optional(Colour),
};
const Coloured = z.strictObject(COLOURS);

/** What may be said of a part as it is at rest. Lengths in CSS px. */
const Resting = z.strictObject({
  ...COLOURS,
  borderWidth: z.optional(pixels(0, 4)),
  borderRadius: z.optional(pixels(0, 32)),
  fontSize: z.optional(pixels(10, 28)),
  fontWeight: z.optional(z.enum(['400', '500', '600', '700'])),
  letterSpacing: z.optional(pixels(-1, 4)),
});

const Rule = z.strictObject({
  base: z.optional(Resting),
  empty: z.optional(Coloured),
  complete: z.optional(Coloured),
  hover: z.optional(Coloured),
  focus: z.optional(Coloured),
  invalid: z.optional(Coloured),
});

/** Parts of an element that a page may style, state by state; the message stands below all inputs and has none. */
export const Rules = z.strictObject({
  input: z.optional(Rule),
  placeholder: z.optional(Rule),
  label: z.optional(Rule),
  mark: z.optional(Rule),
  message: z.optional(z.strictObject({ base: z.optional(Resting) })),
});
export type Rules = z.infer<typeof Rules>;
