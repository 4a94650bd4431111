import * as z from 'zod/mini';

/** The longest secret text, in code points: with it, a sealed request is of the one size that all have (P3). */
export const LONGEST_TEXT = 100;

/** A secret text as it is sealed, in UTF-16 units: a sign beyond the first plane has two. Its rule counts signs. */
export const SecretText = z.string().check(z.minLength(1), z.maxLength(2 * LONGEST_TEXT));
