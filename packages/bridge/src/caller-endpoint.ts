import type * as z from 'zod/mini';
import { BridgeError, type BridgeErrorCode } from './bridge-error.ts';
import type { Contract, Method } from './method.ts';
import { Outcome } from './wire/outcome.ts';
import { Reply } from './wire/reply.ts';

/**
 * The contract as the caller sees it: every method a promise, rejected with {@link BridgeError}, or with the
 * browser's own error where an argument is nothing that can be sent.
 */
export type Remote<C extends Contract> = {
  readonly [K in keyof C]: (
    ...args: z.input<NonNullable<C[K]['args']>>
  ) => Promise<z.infer<C[K]['result']>>;
};

/** A remote and the one who owns its promises. */
export type Caller<C extends Contract> = {
  readonly remote: Remote<C>;
  /** Closes the port and rejects everything under way with `closed`. */
  close(): void;
};

/** What became of a call: why it failed, or its result. */
type End = (failure: BridgeErrorCode | undefined, result?: unknown) => void;
type Pending = { readonly method: Method; readonly end: End };

/**
 * Calls `contract` on a port whose other end is exposed by Comlink behind a guard.
 *
 * It speaks Comlink's wire and leaves out Comlink's own calling half, which takes its ids from
 * `Math.random`, waits for ever, and turns what a peer sends into live proxies: each call here has a
 * random UUID and its method's deadline, and a reply counts only as a plain value that parses. Arguments are
 * judged at the other end, where they must be.
 */
export function openCaller<C extends Contract>(port: MessagePort, contract: C): Caller<C> {
  const pending = new Map<string, Pending>();
  let open = true;

  const call = (name: string, method: Method, args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (!open) throw new BridgeError('closed');
      const id = crypto.randomUUID();
      const argumentList = args.map((value) => ({ type: 'RAW', value }));
      // Throws for what cannot be sent, before anything waits for an answer to it.
      port.postMessage({ id, type: 'APPLY', path: [name], argumentList });
      // What comes for it later finds nothing.
      const end: End = (failure, result) => {
        clearTimeout(timer);
        pending.delete(id);
        if (failure) reject(new BridgeError(failure));
        else resolve(result);
      };
      const timer = setTimeout(end, method.timeoutMs, 'timeout');
      pending.set(id, { method, end });
    });

  port.addEventListener('message', (event) => {
    const reply = event.ports.length === 0 ? Reply.safeParse(event.data) : undefined;
    const waiting = reply?.success && pending.get(reply.data.id);
    if (waiting) settle(waiting, reply.data.value);
  });
  port.start();

  const remote: Record<string, (...args: unknown[]) => Promise<unknown>> = Object.create(null);
  for (const [name, method] of Object.entries(contract)) {
    remote[name] = (...args) => call(name, method, args);
  }
  return {
    remote: Object.freeze(remote) as Remote<C>,
    close() {
      open = false;
      port.close();
      for (const { end } of pending.values()) end('closed');
    },
  };
}

function settle({ method, end }: Pending, value: unknown): void {
  const outcome = Outcome.safeParse(value);
  if (!outcome.success) return end('protocol');
  if (!outcome.data.ok) return end(outcome.data.code);
  const result = method.result.safeParse(outcome.data.value);
  if (result.success) end(undefined, result.data);
  else end('protocol');
}
