import * as z from 'zod/mini';
import { VALIDATION_CODES, ValidationCode } from '../errors/validation-codes.ts';
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

/** All that a document can say that shows things. */
export const RevealTexts = z.strictObject({
  locale: Text,
  partTitle: Text,
  labels: z.partialRecord(FieldName, Text),
  copy: Text,
  copied: Text,
  hidden: Text,
});
export type RevealTexts = z.infer<typeof RevealTexts>;

/** What may go wrong on the way to a token and is the shopper's to hear; the rest is the merchant's. */
export const SHOPPER_CODES = [
  'network_error',
  'timeout',
  'aborted',
  'rate_limited',
  'focus_lost',
  'policy_denied',
  'service_unavailable',
] as const;

/** The same for the controller, whose errors reach the shopper by way of the page. */
export const ControllerTexts = z.partialRecord(
  z.enum([...VALIDATION_CODES, ...SHOPPER_CODES]),
  Text,
);
export type ControllerTexts = z.infer<typeof ControllerTexts>;
