import * as z from 'zod/mini';

/** The longest secret text, in code points: with it, a sealed request is of the one size that all have (P3). */
export const LONGEST_TEXT = 100;

/** A secret text as it is sealed; what it may be made of, its rule says. */
export const SecretText = z.string().check(z.minLength(1), z.maxLength(LONGEST_TEXT));
