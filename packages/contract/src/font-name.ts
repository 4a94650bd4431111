import * as z from 'zod/mini';

/** Of a family of fonts: letters, digits, spaces and hyphens, so that it can stand between quotes in a style. */
export const FontName = z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9 -]{0,39}$/));
