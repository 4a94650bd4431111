import * as z from 'zod/mini';
import { CommonBoot } from './common-boot.ts';
import { FieldTexts } from './field-texts.ts';

/** That of a field document. */
export const FieldBoot = z.strictObject({ ...CommonBoot.shape, texts: FieldTexts });
export type FieldBoot = z.infer<typeof FieldBoot>;
