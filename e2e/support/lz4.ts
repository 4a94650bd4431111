/** One LZ4 block, as far as it goes: literals and copies until the bytes end. */
export function readLz4Block(block: Buffer): Buffer {
  let out = Buffer.alloc(Math.max(1_024, block.length * 4));
  let written = 0;
  let at = 0;
  const room = (more: number) => {
    while (written + more > out.length) out = Buffer.concat([out, Buffer.alloc(out.length)]);
  };
  /** A length of fifteen goes on in the bytes that follow. */
  const length = (start: number): number => {
    let total = start;
    for (let more = start === 15 ? 255 : 0; more === 255; total += more) more = block[at++] ?? 0;
    return total;
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const literals = length(token >> 4);
    room(literals);
    written += block.copy(out, written, at, at + literals);
    at += literals;
    if (at + 2 > block.length) break;
    const back = block.readUInt16LE(at);
    at += 2;
    const copied = length(token & 15) + 4;
    if (back === 0 || back > written) break;
    room(copied);
    // Byte by byte: a copy may overlap what it writes.
    for (let index = 0; index < copied; index += 1, written += 1) {
      out[written] = out[written - back] ?? 0;
    }
  }
  return out.subarray(0, written);
}
