/** Longer than any line that could hold a card and all that may be said of it. */
const LONGEST = 16_384;
const NEWLINE = 0x0a;

/** A line as bytes, and its number from 1; nothing for one that is too long to be looked at. */
export type Line = { readonly number: number; readonly bytes: Uint8Array | undefined };

/**
 * Splits what comes in at line feeds alone: a text in JSON may hold every other separator. Empty lines
 * are counted and left out.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let number = 0;
  let isTooLong = false;
  const ended = function* (line: Buffer): Generator<Line> {
    number += 1;
    const bytes = isTooLong || line.length > LONGEST ? undefined : Uint8Array.from(line);
    isTooLong = false;
    if (bytes === undefined || !isEmpty(bytes)) yield { number, bytes };
  };
  for await (const chunk of chunks) {
    let start = 0;
    const whole = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = whole.indexOf(NEWLINE); end !== -1; end = whole.indexOf(NEWLINE, start)) {
      yield* ended(whole.subarray(start, end));
      start = end + 1;
    }
    rest = whole.subarray(start);
    // What is too long already is not kept: a file without line feeds would fill the memory.
    if (rest.length > LONGEST) [rest, isTooLong] = [Buffer.alloc(0), true];
  }
  if (rest.length > 0 || isTooLong) yield* ended(rest);
}

function isEmpty(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
