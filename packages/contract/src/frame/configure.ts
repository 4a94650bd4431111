import * as z from 'zod/mini';
import { Appearance } from '../appearance/appearance.ts';
import { VALIDATION_CODES } from '../errors/validation-codes.ts';
import { method } from '../method.ts';
import { ElementType, FieldName } from './names.ts';
import { PageText } from './page-text.ts';

const Texts = z.partialRecord(FieldName, PageText);

/** All a page may tell a field. There is no pattern, range, mask, CSS, HTML, URL or environment. */
export const FieldOptions = z.strictObject({
  element: ElementType,
  fields: z.array(FieldName).check(z.minLength(1), z.maxLength(5)),
  layout: z.enum(['row', 'column', 'grid']),
  locale: z.string().check(z.regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}$|^auto$/)),
  appearance: Appearance,
  labels: Texts,
  placeholders: Texts,
  /** In the place of our own sentences. */
  messages: z.optional(z.partialRecord(z.enum(VALIDATION_CODES), PageText)),
  /** What a screen reader calls the frame. */
  title: z.optional(PageText),
  disabled: z.boolean(),
});
export type FieldOptions = z.infer<typeof FieldOptions>;

/** Draws the element, or redraws it with new options; what was typed stays. Answers the height in CSS px, and what the frame is called in its language. */
export const configure = method({
  args: z.tuple([FieldOptions]),
  result: z.strictObject({
    height: z.int().check(z.minimum(0), z.maximum(2000)),
    title: z.string().check(z.maxLength(200)),
  }),
  timeoutMs: 5_000,
});
