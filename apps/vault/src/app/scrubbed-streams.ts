import { scrub, scrubNumbers } from './scrub.ts';
import { ScrubbedLines } from './scrubbed-lines.ts';

/** Of what is said of a crash: its stack and its causes. */
const LONGEST = 8_000;

type Write = NodeJS.WriteStream['write'];

/** What was put on the streams of this process. */
type Streams = {
  /**
   * Writes what is meant for whoever started this: here a key of an API may stand, which is shown once.
   * A card number may not.
   */
  say(text: string): void;
};

/**
 * Puts a scrubber on both streams of this process, behind that of the log: what a library prints, what Node
 * warns of, and the stack of what nobody caught. What a library writes to the file itself, or a native crash,
 * it does not see.
 */
function scrubStreams(): Streams {
  const say = over(process.stdout);
  over(process.stderr);
  warnings();
  crashes();
  return { say };
}

/** On as soon as this is loaded: an entry loads it first, before anything that could print. */
export const streams: Streams = scrubStreams();

/** What Node holds of a pipe; not among its types, and not there for a file. */
type Pipe = { readonly _handle?: { readonly setBlocking?: (isBlocking: boolean) => void } };

function over(stream: NodeJS.WriteStream & Pipe): (text: string) => void {
  // Else a pipe that is full at `process.exit` loses what waits for it. A reader that is slow makes us slow.
  stream._handle?.setBlocking?.(true);
  const plain: Write = stream.write.bind(stream);
  const give = (text: string) => void plain(text);
  const lines = new ScrubbedLines(scrub, give);
  const write = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean => {
    const isText = typeof chunk === 'string' && typeof encoding === 'string';
    lines.write(isText ? Buffer.from(chunk, encoding) : chunk);
    const told = typeof encoding === 'function' ? encoding : done;
    if (told !== undefined) process.nextTick(told);
    return !stream.writableNeedDrain;
  };
  stream.write = write;
  process.on('exit', () => lines.rest());
  return (text) => {
    lines.rest();
    give(scrubNumbers(text));
  };
}

/** Node prints these past the stream. */
function warnings(): void {
  if (process.listenerCount('warning') === 0) return;
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => {
    process.stderr.write(`(node:${process.pid}) ${name}: ${message}\n`);
  });
}

/** And these too, and then it ends. Where somebody else ends the process in order, it is left to him. */
function crashes(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      // Scrubbed before it is cut: half a number is not known for one.
      process.stderr.write(`${event}: ${scrub(stackOf(error)).slice(0, LONGEST)}\n`);
      if (process.listenerCount(event) === 1) process.exit(1);
    });
  }
}

/** Stacks alone: what else an error carries may be a row of the database, or whatever was being read. */
function stackOf(error: unknown, depth = 3): string {
  if (!(error instanceof Error)) return 'not an Error';
  const own = error.stack ?? error.message;
  const causes = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  const told = causes.filter((cause) => cause !== undefined && depth > 0);
  return [own, ...told.map((cause) => `  [cause]: ${stackOf(cause, depth - 1)}`)].join('\n');
}
