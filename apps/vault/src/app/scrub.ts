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
  let [clean, at] = ['', 0];
  for (const { 0: ours, index } of text.matchAll(OURS)) {
    clean += redacted(text.slice(at, index)) + ours;
    at = index + ours.length;
  }
  return clean + redacted(text.slice(at));
}

/**
 * Moments of the audit log, whose twelve digits satisfy Luhn by chance, and the tenant of the deployment, all
 * zeros. With no digit before them, so that no end of a number hides in a year.
 */
const OURS =
  /(?<![\p{Nd}\p{P}\p{S}])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z|(?<=")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z|ten_0{22}(?![\p{Nd}])/gu;

function redacted(text: string): string {
  return replaceRuns(text, (run) => (anyNumberIn(run, couldBeNumber) ? '[redacted]' : run));
}

function couldBeNumber(digits: string): boolean {
  return luhn(digits) || judgeNumber(digits).valid;
}
