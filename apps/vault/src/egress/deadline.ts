import { EgressError, type Known } from './egress-error.ts';

/** The end of one request, from whichever side it comes. */
export type Deadline = {
  readonly signal: AbortSignal;
  cancel(): void;
  /** Leaves no timer and no listener behind. */
  stop(): void;
};

/** @param within - in milliseconds. */
export function startDeadline(within: number, outside: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort('deadline'), within);
  const cancel = () => controller.abort('cancelled');
  if (outside?.aborted) cancel();
  outside?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    cancel,
    stop() {
      clearTimeout(timer);
      outside?.removeEventListener('abort', cancel);
    },
  };
}

/** Why it ended. */
export function endOf(signal: AbortSignal): 'deadline' | 'cancelled' {
  return signal.reason === 'deadline' ? 'deadline' : 'cancelled';
}

/**
 * What comes first, of a promise that cannot be told to stop, such as a lookup of the system.
 *
 * @param known - of a request that ends while it waits for this.
 * @throws EgressError at the end.
 */
export async function beforeEnd<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  known: Known,
): Promise<T> {
  let end = () => {};
  const ended = new Promise<never>((_resolve, reject) => {
    end = () => reject(new EgressError(known, endOf(signal)));
  });
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
