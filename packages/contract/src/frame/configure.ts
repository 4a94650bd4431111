import * as z from 'zod/mini';
import { Appearance } from '../appearance/appearance.ts';
import { method } from '../method.ts';
import { ElementType, FieldName } from './names.ts';
import { PageText } from './page-text.ts';

const Texts = z.strictObject({
  number: z.optional(PageText),
  expiry: z.optional(PageText),
  cvc: z.optional(PageText),
  name: z.optional(PageText),
  postalCode: z.optional(PageText),
});

/** All a page may tell a field. There is no pattern, range, mask, CSS, HTML, URL or environment. */
export const FieldOptions = z.strictObject({
  element: ElementType,
  fields: z.array(FieldName).check(z.minLength(1), z.maxLength(5)),
  layout: z.enum(['row', 'column', 'grid']),
  locale: z.string().check(z.regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}$|^auto$/)),
  appearance: Appearance,
  labels: Texts,
  placeholders: Texts,
  disabled: z.boolean(),
});
export type FieldOptions = z.infer<typeof FieldOptions>;

/** Draws the element, or redraws it with new options; what was typed stays. Answers the height in CSS px. */
export const configure = method({
  args: z.tuple([FieldOptions]),
  result: z.strictObject({ height: z.int().check(z.minimum(0), z.maximum(2000)) }),
  timeoutMs: 5_000,
});
