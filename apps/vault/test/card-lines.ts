/** A valid test number for each n. */
function numberOf(n: number): string {
  const body = `42424242${String(n).padStart(7, '0')}`;
  const doubled = [...body].toReversed().map((digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return value > 9 ? value - 9 : value;
  });
  const sum = doubled.reduce((total, digit) => total + digit, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
/** A line of a file to import. */
export const lineOf = (n: number) =>
  `${JSON.stringify({ number: numberOf(n), expMonth: 1 + (n % 12), expYear: 2031, reference: `r-${n}` })}\n`;
export const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => lineOf(from + at)).join('');
