import { luhn } from '@hushfield/card';

const SECRET = /\b([prs]k_(?:test|live)_)[0-9A-Za-z]+/g;
// Up to two separators between digits, or the same percent-encoded.
const RUN = /\d(?:(?:[\s._:/+-]|%20){0,2}\d){11,}/g;
const SHORTEST = 12;
const LONGEST = 19;

/**
 * The second line behind allow-listed log fields: takes API keys and anything that could be a card
 * number out of a finished line. Redacts too much rather than too little: a run of digits goes when
 * any 12 to 19 of them in a row satisfy Luhn.
 *
 * @example scrub('card 4242 4242 4242 4242') // 'card [redacted]'
 */
export function scrub(line: string): string {
  return line
    .replace(SECRET, '$1[redacted]')
    .replace(RUN, (run) => (holdsNumber(run.replaceAll('%20', ' ')) ? '[redacted]' : run));
}

function holdsNumber(run: string): boolean {
  const digits = run.replace(/\D/g, '');
  for (let start = 0; start + SHORTEST <= digits.length; start++) {
    for (let length = SHORTEST; length <= LONGEST && start + length <= digits.length; length++) {
      if (luhn(digits.slice(start, start + length))) return true;
    }
  }
  return false;
}
