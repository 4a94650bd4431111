import closeWithGrace from 'close-with-grace';
import { FINISH_MS } from './operate/listeners.ts';

/** A round of the worker, and what closes after it. */
const REST_MS = 10_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

type Ending = {
  /** How long it goes on serving after it was asked to end. */
  readonly drainMs: number;
  readonly stop: (hurry: AbortSignal) => Promise<void>;
};

/**
 * Ends this process in order at the first SIGTERM or SIGINT. The second ends the wait for those who send
 * requests, and the third the process.
 *
 * @returns what ends it by itself, and what leaves it as it was: for a start that has failed.
 */
function endWithGrace({ drainMs, stop }: Ending): {
  readonly close: () => void;
  readonly leave: () => void;
} {
  const hurry = new AbortController();
  const { close, uninstall } = closeWithGrace(
    // The signals are ours: its own second one exits at once.
    { delay: drainMs + FINISH_MS + REST_MS, logger: false, skip: [...SIGNALS] },
    ({ err }) => {
      // What it is in now, nobody knows: what is under way is answered, and nothing is waited for.
      if (err !== undefined) hurry.abort();
      return stop(hurry.signal);
    },
  );
  let asked = 0;
  const onSignal = () => {
    asked += 1;
    if (asked === 1) close();
    if (asked === 2) hurry.abort();
    if (asked === 3) process.exit(1);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const leave = () => {
    uninstall();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  return { close, leave };
}

type Stoppable = { readonly stop: (hurry?: AbortSignal) => Promise<void> };

/**
 * Starts something that is ended in order from its first moment: who is told to end while it still starts comes to the end
 * of that first, and leaves no half of it behind.
 */
export async function startWithGrace<T extends Stoppable>(
  drainMs: number,
  start: () => Promise<T>,
): Promise<{ readonly running: T; readonly close: () => void }> {
  const starting = start();
  const stop = async (hurry: AbortSignal) =>
    starting.then(
      (running) => running.stop(hurry),
      () => {},
    );
  const { close, leave } = endWithGrace({ drainMs, stop });
  try {
    return { running: await starting, close };
  } catch (error) {
    leave();
    throw error;
  }
}
