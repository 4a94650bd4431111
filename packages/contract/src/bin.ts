import * as z from 'zod/mini';

/** The beginning of a card's number, as far as a page may see it. */
export const Bin = z.string().check(z.regex(/^\d{6}(?:\d\d)?$/));

/** How many digits that may be, as tickets and sessions say it; 0, 6 or 8 (see `api/shapes.ts`). */
export const BinDigits = z.int().check(z.minimum(0), z.maximum(8));
