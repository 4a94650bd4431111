import { judgeNumber, luhn } from '@hushfield/card';
import { anyNumberIn, replaceRuns } from './digit-runs.ts';

// Wherever it stands: in a line of JSON a tab before it is a `t`, which would be of the same word.
const SECRET = /([prs]k_(?:test|live)_)[0-9A-Za-z]+/g;

/**
 * The second line behind allow-listed log fields: takes API keys and anything that could be a card
 * number out of a finished line. Redacts too much rather than too little: a run of digits goes when
 * any 12 to 19 of them in a row satisfy Luhn, or are a number of a brand that knows no Luhn digit.
 *
 * @example scrub('card 4242 4242 4242 4242') // 'card [redacted]'
 */
export function scrub(line: string): string {
  return scrubNumbers(line.replace(SECRET, '$1[redacted]'));
}

/** The same for numbers alone, where an API key is meant to stand. */
export function scrubNumbers(text: string): string {
  return replaceRuns(text, (run) => (anyNumberIn(run, couldBeNumber) ? '[redacted]' : run));
}

function couldBeNumber(digits: string): boolean {
  return luhn(digits) || judgeNumber(digits).valid;
}
