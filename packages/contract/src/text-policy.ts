import * as z from 'zod/mini';
import { PolicyName } from './policy-name.ts';
import { LONGEST_TEXT } from './secret-text.ts';

/** A rule for secret texts that a merchant has given a name. Lengths in code points. */
export const TextPolicy = z.strictObject({
  name: PolicyName,
  alphabet: z.enum(['digits', 'alphanumeric', 'printable', 'text']),
  minLength: z.int().check(z.minimum(1), z.maximum(LONGEST_TEXT)),
  maxLength: z.int().check(z.minimum(1), z.maximum(LONGEST_TEXT)),
});
export type TextPolicy = z.infer<typeof TextPolicy>;
