const SHORTEST = 12;
const LONGEST = 19;

/*
 * Digits of any script with up to three signs or spaces between two of them, as people write numbers, or the
 * same percent-encoded. A letter ends a run.
 */
const RUN = /\p{Nd}(?:(?:[\s\p{P}\p{S}]|%20){0,3}\p{Nd}){11,}/gu;
const DIGIT = /^\p{Nd}$/u;

/** Every run of digits that is long enough for a card number. */
export function findRuns(text: string): string[] {
  return [...text.matchAll(RUN)].map(([run]) => run);
}

/** The text with something else in the place of each. */
export function replaceRuns(text: string, each: (run: string) => string): string {
  return text.replace(RUN, each);
}

/** Whether any 12 to 19 digits in a row of a run satisfy a judge, whatever stands before and after them. */
export function anyNumberIn(run: string, judge: (digits: string) => boolean): boolean {
  // Both readings: a percent sign may also be a sign, and the 20 after it two digits.
  const readings = new Set([digitsOf(run), digitsOf(run.replaceAll('%20', ' '))]);
  return [...readings].some((digits) => anyRow(digits, judge));
}

function anyRow(digits: string, judge: (digits: string) => boolean): boolean {
  for (let start = 0; start + SHORTEST <= digits.length; start++) {
    for (let length = SHORTEST; length <= LONGEST && start + length <= digits.length; length++) {
      if (judge(digits.slice(start, start + length))) return true;
    }
  }
  return false;
}

function digitsOf(run: string): string {
  return [...run]
    .filter((sign) => DIGIT.test(sign))
    .map(valueOf)
    .join('');
}

/** Unicode keeps the digits of every script in a row of ten, so a digit's value is how many stand before it. */
function valueOf(digit: string): string {
  if (digit <= '9') return digit;
  const point = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(point - before - 1))) before += 1;
  return String(before % 10);
}
