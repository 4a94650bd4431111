import type * as z from 'zod/mini';
import { BridgeError } from './bridge-error.ts';
import type { Contract, Method } from './method.ts';
import { Outcome } from './wire/outcome.ts';
import { Reply } from './wire/reply.ts';

/** The contract as the caller sees it: every method a promise, rejected with {@link BridgeError} only. */
export type Remote<C extends Contract> = {
  readonly [K in keyof C]: (...args: z.input<C[K]['args']>) => Promise<z.infer<C[K]['result']>>;
};

/** A remote and the one who owns its promises. */
export type Caller<C extends Contract> = {
  readonly remote: Remote<C>;
  /** Closes the port and rejects everything under way with `closed`. */
  close(): void;
};

type Pending = {
  readonly method: Method;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: BridgeError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
};

/**
 * Calls `contract` on a port whose other end is exposed by Comlink behind a guard.
 *
 * It speaks Comlink's wire and leaves out Comlink's own calling half, which takes its ids from
 * `Math.random`, waits for ever, and turns what a peer sends into live proxies: each call here has a
 * random UUID and its method's deadline, and a reply counts only as a plain value that parses.
 */
export function openCaller<C extends Contract>(port: MessagePort, contract: C): Caller<C> {
  const pending = new Map<string, Pending>();
  let open = true;

  /** Takes a call out of the waiting; what comes for it later finds nothing. */
  const take = (id: string): Pending | undefined => {
    const call = pending.get(id);
    clearTimeout(call?.timer);
    pending.delete(id);
    return call;
  };

  const send = (name: string, method: Method, args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      const id = crypto.randomUUID();
      const timeOut = () => take(id)?.reject(new BridgeError('timeout'));
      pending.set(id, { method, resolve, reject, timer: setTimeout(timeOut, method.timeoutMs) });
      const argumentList = args.map((value) => ({ type: 'RAW', value }));
      port.postMessage({ id, type: 'APPLY', path: [name], argumentList });
    });

  port.addEventListener('message', (event) => {
    const reply = event.ports.length === 0 ? Reply.safeParse(event.data) : undefined;
    const call = reply?.success ? take(reply.data.id) : undefined;
    if (reply?.success && call) settle(call, reply.data.value);
  });
  port.start();

  const remote: Record<string, (...args: unknown[]) => Promise<unknown>> = Object.create(null);
  for (const [name, method] of Object.entries(contract)) {
    remote[name] = async (...args) => {
      const parsed = method.args.safeParse(args);
      if (!parsed.success) throw new BridgeError('refused');
      if (!open) throw new BridgeError('closed');
      return send(name, method, parsed.data);
    };
  }
  return {
    remote: Object.freeze(remote) as Remote<C>,
    close() {
      open = false;
      port.close();
      for (const id of [...pending.keys()]) take(id)?.reject(new BridgeError('closed'));
    },
  };
}

function settle({ method, resolve, reject }: Pending, value: unknown): void {
  const outcome = Outcome.safeParse(value);
  if (!outcome.success) return reject(new BridgeError('protocol'));
  if (!outcome.data.ok) return reject(new BridgeError(outcome.data.code));
  const result = method.result.safeParse(outcome.data.value);
  if (result.success) resolve(result.data);
  else reject(new BridgeError('protocol'));
}
