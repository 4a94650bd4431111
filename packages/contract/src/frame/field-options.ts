import * as z from 'zod/mini';
import { PolicyName } from '../policy-name.ts';
import { ValidationCode } from '../errors/validation-codes.ts';
import { Name } from '../name.ts';
import { ElementType, FieldName } from './names.ts';

/**
 * All a page may tell a field, over how it may look and what becomes of a text. There is no pattern, range, mask,
 * CSS, HTML, URL or environment.
 */
export function fieldOptionsShape<A extends z.ZodMiniType, T extends z.ZodMiniType<string, string>>(
  appearance: A,
  text: T,
) {
  const texts = z.partialRecord(FieldName, text);
  return z.strictObject({
    element: ElementType,
    fields: z.array(FieldName).check(z.minLength(1), z.maxLength(5)),
    layout: z.enum(['row', 'column', 'grid']),
    locale: z.string().check(z.regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}$|^auto$/)),
    appearance,
    labels: texts,
    placeholders: texts,
    /** In the place of our own sentences. */
    messages: z.optional(z.partialRecord(ValidationCode, text)),
    /** What a screen reader calls the frame. */
    title: z.optional(text),
    disabled: z.boolean(),
    /** Of a `text`: the name of a rule that the vault has for it. */
    policy: z.optional(PolicyName),
    /**
     * Which network of a card with several stands chosen when the choice is shown: the first of these that it runs
     * on. What is no network of the card's means nothing, so a page may name one that this document has never
     * heard of.
     */
    preferredNetworks: z.optional(z.array(Name).check(z.maxLength(32))),
    /** Month and year of the expiry in an input each. */
    split: z.optional(z.boolean()),
  });
}
