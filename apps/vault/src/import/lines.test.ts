import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Line, linesOf } from './lines.ts';

const LONGEST = 16_384;

async function* chunked(bytes: Uint8Array, sizes: readonly number[]) {
  let start = 0;
  for (const size of sizes) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
  yield bytes.subarray(start);
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(chunks)) lines.push(line);
  return lines;
}

test('finds the same lines however they arrive', async () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '\n', '\r', ' ', '\u2028', '"'),
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(9), { maxLength: 20 }), async (whole, sizes) => {
      const wanted = whole
        .split('\n')
        .flatMap((line, at) => (/^[ \r]*$/.test(line) ? [] : [{ number: at + 1, text: line }]));
      const found = await all(chunked(Buffer.from(whole), sizes));
      expect(
        found.map(({ number, bytes }) => ({ number, text: Buffer.from(bytes ?? []).toString() })),
      ).toStrictEqual(wanted);
    }),
  );
});

test.each([0, 1, 40_000])('attacks: keeps nothing of a line that is %i too long', async (more) => {
  const whole = Buffer.from(`${'x'.repeat(LONGEST + more)}\nnext\n`);
  for (const sizes of [[], [5], [16_000, 16_000], [LONGEST + more]]) {
    const [first, second] = await all(chunked(whole, sizes));
    expect(first).toMatchObject({ number: 1 });
    expect(first?.bytes === undefined).toBe(more > 0);
    expect(Buffer.from(second?.bytes ?? []).toString()).toBe('next');
  }
});
