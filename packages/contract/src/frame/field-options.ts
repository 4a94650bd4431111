import * as z from 'zod/mini';
import { ValidationCode } from '../errors/validation-codes.ts';
import { ElementType, FieldName } from './names.ts';
import { PolicyName } from '../policy-name.ts';
import { PageText } from './page-text.ts';

const Texts = z.partialRecord(FieldName, PageText);

/** All a page may tell a field. There is no pattern, range, mask, CSS, HTML, URL or environment. */
export function fieldOptionsShape<A extends z.ZodMiniType>(appearance: A) {
  return z.strictObject({
    element: ElementType,
    fields: z.array(FieldName).check(z.minLength(1), z.maxLength(5)),
    layout: z.enum(['row', 'column', 'grid']),
    locale: z.string().check(z.regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}$|^auto$/)),
    appearance,
    labels: Texts,
    placeholders: Texts,
    /** In the place of our own sentences. */
    messages: z.optional(z.partialRecord(ValidationCode, PageText)),
    /** What a screen reader calls the frame. */
    title: z.optional(PageText),
    disabled: z.boolean(),
    /** Of a `text`: the name of a rule that the vault has for it. */
    policy: z.optional(PolicyName),
  });
}
