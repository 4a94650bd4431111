import * as z from 'zod/mini';
import { ValidationCode } from '../errors/validation-codes.ts';
import { FieldName } from '../frame/names.ts';

const Text = z.string();

/**
 * All that a field can say to a shopper, in one language. It comes with the document, so that a frame is
 * in the page's language from its first paint and need not fetch anything.
 */
export const FieldTexts = z.strictObject({
  locale: Text,
  /** What a screen reader calls a frame with a whole card, and one with an input, before the input's label. */
  wholeTitle: Text,
  partTitle: Text,
  labels: z.partialRecord(FieldName, Text),
  /** What an expiry looks like. */
  expiryHint: Text,
  messages: z.partialRecord(ValidationCode, Text),
  /** What an element says that the page kept taking focus from. */
  locked: Text,
});
export type FieldTexts = z.infer<typeof FieldTexts>;
