import { type Secrets, soughtOf } from './echo-secrets.ts';
import { LONGEST_SIGN, viewsOf } from './echo-views.ts';
import { findEchoes, type Found } from './find-echoes.ts';
import { NEAR } from './find-whole.ts';

/**
 * What stands in the place of an echo, or of each group of it. Digits, because an echo may be the bare number of a
 * JSON document, part of a string, of a parameter, of hex or base64: this is valid in all of them, and begins
 * with no zero. It satisfies Luhn in no multiple up to 19 digits.
 */
export const MASK = '9999';

/** Cleans one answer of a gateway. */
export type AnswerScrubber = {
  /** The value of a header; its name says whether it may be a security code. */
  header(name: string, value: string): string;
  /** The body, whose end is known. */
  whole(body: Uint8Array): Uint8Array;
  /** The body in pieces of any size: their sum is what `whole` gives. */
  stream(): TransformStream<Uint8Array, Uint8Array>;
  /** Kinds of what was found so far; never a piece of it. */
  found(): readonly Found[];
};

/** Worked on at once, beside what must be seen around it. */
const BLOCK = 16_384;

/**
 * Cleans a gateway's answer of the secrets that went out to it, and of other card numbers: plain, grouped, encoded
 * for a URL, JSON or HTML in whole or in part, in base64 at any alignment and in hex.
 *
 * Not found, and so a residual: what is encoded twice (but for URLs), encrypted, compressed, reversed or cut in pieces with
 * words between; base64 with line ends inside a number; digits of other scripts; a security code under a name
 * that says nothing, apart from its card number; a card number that was not sent, within a word that has letters and
 * other digits too, as ids are.
 */
export function scrubAnswer(secrets: Secrets): AnswerScrubber {
  const sought = soughtOf(secrets);
  const kinds = new Set<Found>();
  /** No echo is wider: each sign with three between, all at their longest. */
  const reach = LONGEST_SIGN * (4 * sought.longest + 2 * NEAR);

  function marksOf(piece: Uint8Array, at: number): Uint8Array {
    const marks = new Uint8Array(piece.length);
    for (const view of viewsOf(piece, at)) {
      findEchoes(view, sought, (kind, start, end) => {
        kinds.add(kind);
        for (let sign = start; sign < end; sign++) {
          for (let at = view.from[sign] ?? 0; at < (view.to[sign] ?? 0); at++) marks[at] = 1;
        }
      });
    }
    return marks;
  }

  const whole = (body: Uint8Array) => {
    const write = masking();
    return write(body, marksOf(body, 0));
  };
  return {
    header(name, value) {
      const given = Buffer.from(`${name}=${value}`, 'latin1');
      const marks = marksOf(given, 0);
      const skip = Buffer.byteLength(name, 'latin1') + 1;
      const clean = masking()(given.subarray(skip), marks.subarray(skip));
      return Buffer.from(clean).toString('latin1');
    },
    whole,
    stream: () => inPieces(marksOf, reach),
    found: () => [...kinds],
  };
}

const PLAIN_CODING: ReadonlyMap<string, RegExp> = new Map([
  ['content-encoding', /^(?:identity)?$/i],
  // A transfer may be compressed too (RFC 9112 §7.2), which our side of HTTP would not undo.
  ['transfer-encoding', /^(?:identity|chunked)?$/i],
]);

/**
 * Whether an answer has an encoding that we did not ask for, and cannot look into: whoever called refuses it.
 *
 * @param headers - names in lower case.
 */
export function isEncoded(headers: readonly (readonly [string, string])[]): boolean {
  return headers.some(([name, value]) => PLAIN_CODING.get(name)?.test(value.trim()) === false);
}

type MarksOf = (piece: Uint8Array, at: number) => Uint8Array;

/** Decides a block as soon as all is there that could reach into it; and forgets what cannot reach on. */
function inPieces(marksOf: MarksOf, reach: number): TransformStream<Uint8Array, Uint8Array> {
  const block = Math.max(BLOCK, reach);
  const write = masking();
  const kept = growingBytes(2 * reach + 2 * block);
  /** Of what is kept: where it stands in the answer, and how much of it was given out. */
  let [at, given] = [0, 0];
  const give = (until: number, controller: TransformStreamDefaultController<Uint8Array>) => {
    const piece = kept.all();
    const marks = marksOf(piece, at);
    const clean = write(piece.subarray(given, until), marks.subarray(given, until));
    if (clean.length > 0) controller.enqueue(clean);
    const gone = Math.max(0, until - reach);
    kept.drop(gone);
    [at, given] = [at + gone, until - gone];
  };
  return new TransformStream({
    transform(chunk, controller) {
      for (let start = 0; start < chunk.length; start += block) {
        kept.add(chunk.subarray(start, start + block));
        while (kept.size() - given >= block + reach) give(given + block, controller);
      }
    },
    flush: (controller) => give(kept.size(), controller),
  });
}

/** Each run of marked bytes becomes one mask, also where it is given in two pieces. */
function masking(): (bytes: Uint8Array, marks: Uint8Array) => Uint8Array {
  const mask = Buffer.from(MASK);
  let isInside = false;
  return (bytes, marks) => {
    const out = new Uint8Array(bytes.length * mask.length);
    let size = 0;
    for (const [at, byte] of bytes.entries()) {
      const isMarked = marks[at] === 1;
      if (!isMarked) out[size++] = byte;
      else if (!isInside) {
        out.set(mask, size);
        size += mask.length;
      }
      isInside = isMarked;
    }
    return out.slice(0, size);
  };
}

function growingBytes(room: number) {
  const bytes = new Uint8Array(room);
  let size = 0;
  return {
    add(more: Uint8Array): void {
      bytes.set(more, size);
      size += more.length;
    },
    drop(count: number): void {
      bytes.copyWithin(0, count, size);
      size -= count;
    },
    all: () => bytes.subarray(0, size),
    size: () => size,
  };
}
