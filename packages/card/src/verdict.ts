/**
 * What may be said about a text while it is typed.
 *
 * `valid`: acceptable as it stands. `potentiallyValid`: `valid`, or could become so by typing on at
 * its end; once `false`, no further typing at the end helps and an error may be shown.
 */
export type Verdict = { valid: boolean; potentiallyValid: boolean };
