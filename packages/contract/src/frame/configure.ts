import * as z from 'zod/mini';
import { appearanceShape } from '../appearance/appearance.ts';
import { method } from '../method.ts';
import type { ObjectMaker } from '../object-maker.ts';
import { fieldOptionsShape } from './field-options.ts';

/** What a field takes; whoever wears the rules parses them. */
export const FieldOptions = fieldOptionsShape(appearanceShape(z.unknown()));
export type FieldOptions = z.infer<typeof FieldOptions>;

/**
 * Draws the element, or redraws it with new options; what was typed stays. Answers the height in CSS px, and
 * what the frame is called in its language.
 */
export function configureOf(object: ObjectMaker) {
  return method({
    args: z.tuple([FieldOptions]),
    result: object({
      height: z.int().check(z.minimum(0), z.maximum(2000)),
      title: z.string().check(z.maxLength(200)),
    }),
    timeoutMs: 5_000,
  });
}
