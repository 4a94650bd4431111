import * as z from 'zod/mini';
import { FontName } from '../font-name.ts';

/** A colour as hex digits: no function, no keyword, nothing that could name a resource. */
export const Colour = z.string().check(z.regex(/^#([0-9a-fA-F]{3,4}|([0-9a-fA-F]{2}){3,4})$/));

export const pixels = (min: number, max: number) =>
  z.number().check(z.minimum(min), z.maximum(max));

/** Typed values only; the frame writes them through CSSOM. There is no CSS text in the API. */
export const Variables = z.strictObject({
  colorPrimary: z.optional(Colour),
  colorBackground: z.optional(Colour),
  colorText: z.optional(Colour),
  colorPlaceholder: z.optional(Colour),
  colorDanger: z.optional(Colour),
  colorBorder: z.optional(Colour),
  /** `system`, `sans`, `serif`, `mono`, or a family that the operator hosts on the fields origin. */
  fontFamily: z.optional(FontName),
  /** CSS px. Below 16 px, phones zoom into the page on focus. */
  fontSize: z.optional(pixels(12, 28)),
  radius: z.optional(pixels(0, 32)),
  spacing: z.optional(pixels(2, 32)),
});
export type Variables = z.infer<typeof Variables>;

/**
 * How an element looks, over the rules that it may bring: a field takes them as they come, since only the
 * chunk that knows what to do with them can read them.
 */
export function appearanceShape<R extends z.ZodMiniType>(rules: R) {
  return z.strictObject({
    theme: z.enum(['auto', 'light', 'dark', 'flat', 'none']),
    variables: z.optional(Variables),
    rules: z.optional(rules),
    labels: z.optional(z.enum(['above', 'floating', 'none'])),
  });
}
export type Appearance = z.infer<ReturnType<typeof appearanceShape<z.ZodMiniUnknown>>>;
