import * as z from 'zod/mini';

/** The beginning of a card's number, as far as a page may see it. */
export const Bin = z.string().check(z.regex(/^\d{6}(\d\d)?$/));

/** How many digits that may be: none, six, or eight, which are told of a number of sixteen only. */
export const BinDigits = z.literal([0, 6, 8]);
export type BinDigits = z.infer<typeof BinDigits>;
