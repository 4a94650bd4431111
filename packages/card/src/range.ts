/** Numbers whose first digits lie between `low` and `high`, which are equally long. */
export type Range = { low: string; high: string };

/** Reads '4 51-55' as two ranges. */
export function parseRanges(text: string): Range[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((part) => {
      const [low = '', high = low] = part.split('-');
      return { low, high };
    });
}

/** Whether the digits lie in the range as far as both reach: '3' touches 3528-3589, so does '35301'. */
export function touches(digits: string, { low, high }: Range): boolean {
  const reach = Math.min(digits.length, low.length);
  const head = digits.slice(0, reach);
  return low.slice(0, reach) <= head && head <= high.slice(0, reach);
}
