import * as z from 'zod/mini';
import { appearanceShape } from '../appearance/appearance.ts';
import { method } from '../method.ts';
import { written } from '../object-maker.ts';
import { fieldAnswers } from './field-answers.ts';
import { fieldOptionsShape } from './field-options.ts';
import { FieldName } from './names.ts';
import { PageText } from './page-text.ts';

/** What a field takes; whoever wears the rules parses them. */
export const FieldOptions = fieldOptionsShape(appearanceShape(z.unknown()), PageText);
export type FieldOptions = z.infer<typeof FieldOptions>;

const answers = fieldAnswers(written);
const one = z.strictObject({ field: z.optional(FieldName) });

/** What the SDK may ask of a field. Nothing here takes a value in. */
export const fieldMethods = {
  /**
   * Draws the element, or redraws it with new options; what was typed stays. Answers the height in CSS px, and
   * what the frame is called in its language.
   */
  configure: method({ args: z.tuple([FieldOptions]), ...answers.configure }),
  /** Moves focus into the element; `false` where the browser refused (no user gesture on some phones). */
  focus: method({ args: z.tuple([one]), ...answers.focus }),
  blur: method({ args: z.tuple([]), ...answers.blur }),
  clear: method({ args: z.tuple([one]), ...answers.clear }),
  /** Shows the page's own message at a field (a declined card), or takes it away with an empty text. */
  setError: method({
    args: z.tuple([z.strictObject({ field: FieldName, message: PageText })]),
    ...answers.setError,
  }),
  /** Joins the controller of the same group again, after that was (re)created. */
  join: method({ args: z.tuple([]), ...answers.join }),
} as const;
