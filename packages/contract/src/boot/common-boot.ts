import * as z from 'zod/mini';
import { Origin, PublishableKey } from '../limits.ts';
import { Mode } from '../mode.ts';

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
