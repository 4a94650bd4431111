import * as z from 'zod/mini';
import { FieldName } from '../frame/names.ts';
import { CommonBoot } from './common-boot.ts';

const Text = z.string();

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

/** That of a document that shows things. */
export const RevealBoot = z.strictObject({ ...CommonBoot.shape, texts: RevealTexts });
export type RevealBoot = z.infer<typeof RevealBoot>;
