import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scrub } from './scrub.ts';
import { ScrubbedLines } from './scrubbed-lines.ts';

const PAN = '4242424242424242';

function written(chunks: readonly (string | Uint8Array)[]): string {
  let out = '';
  const lines = new ScrubbedLines(scrub, (text) => (out += text));
  for (const chunk of chunks) lines.write(chunk);
  lines.rest();
  return out;
}

test('gives out a line when it is whole', () => {
  const given: string[] = [];
  const lines = new ScrubbedLines(scrub, (text) => given.push(text));
  lines.write('a\nb');
  expect(given).toStrictEqual(['a\n']);
  lines.write('c\nd\n');
  expect(given).toStrictEqual(['a\n', 'bc\nd\n']);
  lines.rest();
  expect(given).toHaveLength(2);
});

test('finds a number however it is cut into writes', () => {
  const text = fc.constantFrom(
    PAN,
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    '４２４２４２４２４２４２４２４２',
  );
  const cuts = fc.array(fc.nat(40), { maxLength: 6 });
  fc.assert(
    fc.property(text, cuts, fc.boolean(), (number, at, asBytes) => {
      const whole = Buffer.from(`before ${number} after${'\n'.repeat(at.length % 2)}`);
      const ends = [...at, whole.length].toSorted((a, b) => a - b);
      const pieces = ends.map((end, n) => whole.subarray(n === 0 ? 0 : ends[n - 1], end));
      const chunks = asBytes ? pieces : [whole.toString('utf8')];
      expect(written(chunks)).toBe(whole.toString('utf8').replace(number, '[redacted]'));
    }),
  );
});

test('holds no more than a bound of a line that never ends, and finds what stands over a cut', () => {
  for (let before = 16_360; before < 16_400; before += 1) {
    const chunks = ['x'.repeat(before), PAN.slice(0, 9), PAN.slice(9), 'y'.repeat(20)];
    expect(written(chunks)).toBe(`${'x'.repeat(before)}[redacted]${'y'.repeat(20)}`);
  }
  let given = 0;
  const lines = new ScrubbedLines(scrub, (text) => (given += text.length));
  for (let n = 0; n < 100; n += 1) lines.write('z'.repeat(1_000));
  expect(given).toBeGreaterThan(80_000);
});

test('attacks: digits without an end are given out as nothing', () => {
  expect(written(Array.from({ length: 3_000 }, () => '42424242'))).not.toMatch(/\d{12}/);
});

test('attacks: signs that can be read in two ways take no longer than others', () => {
  const started = performance.now();
  const lines = new ScrubbedLines(scrub, () => {});
  for (let n = 0; n < 20; n += 1) lines.write(`${'1%20'.repeat(5_000)}x`);
  expect(performance.now() - started).toBeLessThan(5_000);
});
