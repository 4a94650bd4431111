import * as z from 'zod/mini';
import { Brand } from '../brand.ts';
import { ErrorCode } from '../errors/codes.ts';
import { ElementType, FieldName } from './names.ts';

/*
 * ALL A PAGE MAY SEE ABOUT A CARD BEFORE IT IS A TOKEN (promise P2).
 *
 * brand, networks, four validity bits, a localised error sentence with its code, and which input has
 * focus. Two cards with the same sequence of these give byte-identical transcripts. A field that is
 * not listed here has no way out: every event is parsed against these schemas on leaving the frame.
 * Events leave on a tick of `TICK_MS`, so that a burst of keys is one event and digits cannot be
 * counted; `valid` of a number changes only when it was left by a key, has rested without focus,
 * or has the brand's longest length, so that it is no Luhn oracle for what is being typed.
 */
export const TICK_MS = 100;

export const FieldError = z.strictObject({
  code: ErrorCode,
  message: z.string().check(z.maxLength(200)),
  field: FieldName,
});
export type FieldError = z.infer<typeof FieldError>;

export const FieldState = z.strictObject({
  empty: z.boolean(),
  complete: z.boolean(),
  valid: z.boolean(),
  potentiallyValid: z.boolean(),
  focused: z.boolean(),
  error: z.optional(FieldError),
});
export type FieldState = z.infer<typeof FieldState>;

/**
 * What may be wrong with the page: it kept taking focus while a card was typed, and the element has
 * locked itself; or something lies over the element, which is only reported.
 */
export const WarningCode = z.enum(['focus_lost', 'obscured']);

export const ElementState = z.strictObject({
  elementType: ElementType,
  empty: z.boolean(),
  complete: z.boolean(),
  valid: z.boolean(),
  potentiallyValid: z.boolean(),
  brand: Brand,
  networks: z.array(Brand).check(z.maxLength(4)),
  error: z.optional(FieldError),
  fields: z.partialRecord(FieldName, FieldState),
});
export type ElementState = z.infer<typeof ElementState>;

/** Events a field sends. The port they leave by carries nothing inward. */
export const FieldEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('change'), state: ElementState }),
  z.strictObject({ type: z.literal('focus'), field: FieldName, state: ElementState }),
  z.strictObject({ type: z.literal('blur'), field: FieldName, state: ElementState }),
  z.strictObject({ type: z.literal('escape'), field: FieldName }),
  z.strictObject({ type: z.literal('submit'), field: FieldName }),
  z.strictObject({ type: z.literal('autofill'), field: FieldName }),
  z.strictObject({
    type: z.literal('resize'),
    height: z.int().check(z.minimum(0), z.maximum(2000)),
  }),
  z.strictObject({ type: z.literal('warning'), code: WarningCode }),
]);
export type FieldEvent = z.infer<typeof FieldEvent>;

/** Events the controller sends. */
export const ControllerEvent = z.discriminatedUnion('type', [
  /** The ticket is near its end; the document reloads itself and wants its fields back. */
  z.strictObject({ type: z.literal('reload') }),
]);
export type ControllerEvent = z.infer<typeof ControllerEvent>;
