import * as z from 'zod/mini';
import { TextPolicy } from '../text-policy.ts';
import { FieldBoot } from './field-boot.ts';

/** That of a document with other secrets' inputs: with the rules for texts, which no page can give. */
export const SecretBoot = z.strictObject({
  ...FieldBoot.shape,
  policies: z.array(TextPolicy).check(z.maxLength(64)),
});
export type SecretBoot = z.infer<typeof SecretBoot>;
