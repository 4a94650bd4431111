import { StringDecoder } from 'node:string_decoder';

/** A line that is longer is given out in pieces. */
const LONGEST = 16 * 1024;
/** More digits in a row than any number has, whatever stands between them. */
const LONGEST_RUN = 256;
/**
 * The last digits of a text, from which a number may go on. A `%20` needs no word of its own: it is a sign and two
 * digits too, and to read it in both ways takes twice as long for each that there is.
 */
const OPEN_RUN = /\p{Nd}(?:[\s\p{P}\p{S}]{0,3}\p{Nd})*[\s\p{P}\p{S}]{0,3}$/u;

/**
 * Gives out whole lines, each through a scrubber: a number that comes in two writes is one number all the
 * same. What has no end of line yet is held, up to a bound, and `rest` gives it out.
 */
export class ScrubbedLines {
  readonly #scrub: (text: string) => string;
  readonly #give: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #held = '';

  constructor(scrub: (text: string) => string, give: (text: string) => void) {
    this.#scrub = scrub;
    this.#give = give;
  }

  write(chunk: string | Uint8Array): void {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.write(Buffer.from(chunk));
    this.#held += text;
    // All whole lines in one piece: a number may be written over the end of one.
    const end = this.#held.lastIndexOf('\n') + 1;
    if (end > 0) this.#give(this.#scrub(this.#take(end)));
    if (this.#held.length > LONGEST) this.#giveLong();
  }

  /** What is held, at the end of a process. */
  rest(): void {
    const text = this.#take(this.#held.length);
    if (text !== '') this.#give(this.#scrub(text));
  }

  #take(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }

  /** Cut where no number can be in two pieces. */
  #giveLong(): void {
    const [open = ''] = OPEN_RUN.exec(this.#held.slice(-2 * LONGEST_RUN)) ?? [];
    const isEndless = open.length > LONGEST_RUN;
    const text = this.#take(this.#held.length - open.length);
    this.#give(this.#scrub(text));
    if (isEndless) {
      this.#held = '';
      this.#give('[redacted]');
    }
  }
}
