import * as z from 'zod/mini';
import { Bin } from '../bin.ts';
import { Brand } from '../brand.ts';
import { ValidationCode } from '../errors/validation-codes.ts';
import { written } from '../object-maker.ts';
import type { FieldName } from './names.ts';
import { observed } from './observed.ts';

/*
 * What a field may say, with every name from a closed list: it is parsed against these on leaving the
 * frame. See `observed.ts` for what that comes to.
 */
export const FieldEvent = observed({
  object: written,
  brand: Brand,
  bin: Bin,
  code: ValidationCode,
  /**
   * What may be wrong with the page: it kept taking focus while a card was typed, and the element has
   * locked itself; something lies over the element, which is only reported; or the words of another
   * language, a look beyond the plain one, or the choice that holders of co-badged cards have, could not be had;
   * or the browser would not copy; or the operator hosts no such font.
   */
  warning: z.enum([
    'focus_lost',
    'obscured',
    'locale_failed',
    'appearance_failed',
    'networks_failed',
    'copy_failed',
    'font_failed',
  ]),
});

export type FieldEvent = z.infer<typeof FieldEvent>;
export type ElementState = Extract<FieldEvent, { type: 'change' }>['state'];
export type FieldState = NonNullable<ElementState['fields'][FieldName]>;
export type FieldError = NonNullable<FieldState['error']>;
