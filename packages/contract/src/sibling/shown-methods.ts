import * as z from 'zod/mini';
import { method } from '../method.ts';
import { Shown } from '../shown.ts';

export { Shown } from '../shown.ts';

/** What the controller may ask of a frame that shows things; such a one is asked for nothing. */
export const shownMethods = {
  show: method({ args: z.tuple([Shown]), result: z.undefined(), timeoutMs: 2_000 }),
} as const;
