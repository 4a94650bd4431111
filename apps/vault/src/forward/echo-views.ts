/**
 * One reading of a piece of an answer: what its bytes mean under an encoding, and from where to where in the piece
 * each of them was written. All that is read is local: a byte is decided by those some steps around it, so that
 * an answer in chunks is read as the whole is.
 */
export type View = {
  /** What was read, as Latin-1: one sign for each byte. */
  readonly text: string;
  /** Of each sign of the text, its first byte in the piece. */
  readonly from: Int32Array;
  /** And the one behind its last. */
  readonly to: Int32Array;
  /** Whether signs stand here as they were written: then letters beside a number are of its word. */
  readonly isWritten: boolean;
};

/** Longest that one sign is written: `&#x0000034;`, or a `%` that was encoded three times. */
export const LONGEST_SIGN = 12;

/** Every reading. `at` is where the piece stands in the answer: base64 and hex go in steps from its beginning. */
export function* viewsOf(piece: Uint8Array, at: number): Generator<View> {
  const raw = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
  yield plainView(raw);
  if (ESCAPE_BEGINS.test(raw)) yield escapedView(raw);
  for (const phase of [0, 1, 2, 3]) yield base64View(piece, (4 - (at % 4) + phase) % 4);
  for (const phase of [0, 1]) yield hexView(piece, ((at % 2) + phase) % 2);
}

function plainView(text: string): View {
  const [from, to] = [new Int32Array(text.length), new Int32Array(text.length)];
  for (let at = 0; at < text.length; at++) {
    from[at] = at;
    to[at] = at + 1;
  }
  return { text, from, to, isWritten: true };
}

const ESCAPE_BEGINS = /[%\\&]/;

/*
 * Of URLs, also encoded again; of JSON and JavaScript, also within a text of JSON; of HTML. Each may
 * be missing where another is, so a number that is encoded in part is one text here.
 */
const ESCAPE =
  /%(?:25){0,3}([0-9a-f]{2})|\\{1,4}u([0-9a-f]{4})|\\{1,4}x([0-9a-f]{2})|\\{1,4}([nrtbf"'/])|&#0{0,5}(\d{1,7});?|&#x0{0,5}([0-9a-f]{1,6});?|&(amp|lt|gt|quot|apos|nbsp);/gi;

const NAMED: ReadonlyMap<string, number> = new Map([
  ...[['amp', 0x26] as const, ['lt', 0x3c] as const, ['gt', 0x3e] as const],
  ...[['quot', 0x22] as const, ['apos', 0x27] as const, ['nbsp', 0xa0] as const],
]);
const SHORT: ReadonlyMap<string, number> = new Map([
  ...[['n', 10] as const, ['r', 13] as const, ['t', 9] as const, ['b', 8] as const],
  ...[['f', 12] as const, ['"', 34] as const, ["'", 39] as const, ['/', 47] as const],
]);

function escapedView(raw: string): View {
  const view = growing(raw.length, true);
  let at = 0;
  for (const found of raw.matchAll(ESCAPE)) {
    for (; at < found.index; at++) view.add(raw.charCodeAt(at), at, at + 1);
    const end = at + found[0].length;
    for (const sign of meaningOf(found)) view.add(sign, at, end);
    at = end;
  }
  for (; at < raw.length; at++) view.add(raw.charCodeAt(at), at, at + 1);
  return view.done();
}

/** The bytes that an escape stands for: one of a URL is a byte, all others are code points. */
function meaningOf([
  ,
  url,
  json,
  js,
  short,
  decimal,
  hex,
  named,
]: RegExpExecArray): Iterable<number> {
  if (url !== undefined) return [Number.parseInt(url, 16)];
  const point =
    SHORT.get(short ?? '') ??
    NAMED.get(named?.toLowerCase() ?? '') ??
    (decimal === undefined ? Number.parseInt(json ?? js ?? hex ?? '', 16) : Number(decimal));
  if (point < 0x80) return [point];
  return point <= 0x10_ff_ff ? Buffer.from(String.fromCodePoint(point)) : [0];
}

const SIX: Int8Array = new Int8Array(256).fill(-1);
for (const [value, sign] of [...`${letters('A')}${letters('a')}0123456789+/`].entries())
  SIX[sign.charCodeAt(0)] = value;
[SIX[0x2d], SIX[0x5f]] = [62, 63];

function letters(first: string): string {
  const point = first.charCodeAt(0);
  return String.fromCharCode(...Array.from({ length: 26 }, (_, at) => point + at));
}

/** Four signs are three bytes. Where the first of each four stands is not known, so this is one of four readings. */
function base64View(piece: Uint8Array, phase: number): View {
  const view = growing(piece.length);
  for (let at = phase; at < piece.length; at += 4) {
    const [a, b, c, d] = [
      sixAt(piece, at),
      sixAt(piece, at + 1),
      sixAt(piece, at + 2),
      sixAt(piece, at + 3),
    ];
    const has = a < 0 || b < 0 ? 0 : c < 0 ? 1 : d < 0 ? 2 : 3;
    if (has > 0) view.add(a * 4 + (b >> 4), at, at + 2);
    if (has > 1) view.add(b * 16 + (c >> 2), at + 1, at + 3);
    if (has > 2) view.add(c * 64 + d, at + 2, at + 4);
    else view.add(BREAK, at, at);
  }
  return view.done();
}

const sixAt = (piece: Uint8Array, at: number) => SIX[piece[at] ?? 0] ?? -1;

function hexView(piece: Uint8Array, phase: number): View {
  const view = growing(piece.length);
  for (let at = phase; at + 1 < piece.length; at += 2) {
    const [high, low] = [HEX[piece[at] ?? 0] ?? -1, HEX[piece[at + 1] ?? 0] ?? -1];
    if (high < 0 || low < 0) view.add(BREAK, at, at);
    else view.add(high * 16 + low, at, at + 2);
  }
  return view.done();
}

const HEX: Int8Array = new Int8Array(256).fill(-1);
for (const [value, sign] of [...'0123456789abcdef'].entries()) {
  HEX[sign.charCodeAt(0)] = value;
  HEX[sign.toUpperCase().charCodeAt(0)] = value;
}

/** A letter, over which no number goes on; of what is not this encoding. */
const BREAK = 0x78;

function growing(most: number, isWritten = false) {
  const [from, to] = [new Int32Array(most + 8), new Int32Array(most + 8)];
  const signs = Buffer.alloc(most + 8);
  let size = 0;
  return {
    /** @param sign - of which the lower eight bits count. */
    add(sign: number, start: number, end: number): void {
      from[size] = start;
      to[size] = end;
      signs[size++] = sign;
    },
    done: (): View => ({ text: signs.toString('latin1', 0, size), from, to, isWritten }),
  };
}
