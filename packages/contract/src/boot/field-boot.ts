import * as z from 'zod/mini';
import { Origin, PublishableKey } from '../limits.ts';
import { Mode } from '../mode.ts';
import { TextPolicy } from '../text-policy.ts';
import { FieldTexts, RevealTexts } from './texts.ts';

/**
 * The data block that every frame document carries, written by the vault's fields role. Origins are the
 * same list as in `frame-ancestors`, so that the browser and the code judge the parent by one fact.
 */
export const CommonBoot = z.strictObject({
  v: z.literal(1),
  mode: Mode,
  key: PublishableKey,
  origins: z.array(Origin).check(z.maxLength(32)),
  /** Server's Unix seconds when the document was written: shoppers' clocks are wrong. */
  now: z.int(),
});
export type CommonBoot = z.infer<typeof CommonBoot>;

/** That of a field document. */
export const FieldBoot = z.strictObject({ ...CommonBoot.shape, texts: FieldTexts });
export type FieldBoot = z.infer<typeof FieldBoot>;

/** That of a document with other secrets' inputs: with the rules for texts, which no page can give. */
export const SecretBoot = z.strictObject({
  ...FieldBoot.shape,
  policies: z.array(TextPolicy).check(z.maxLength(64)),
});
export type SecretBoot = z.infer<typeof SecretBoot>;

/** That of a document that shows things. */
export const RevealBoot = z.strictObject({ ...CommonBoot.shape, texts: RevealTexts });
export type RevealBoot = z.infer<typeof RevealBoot>;
