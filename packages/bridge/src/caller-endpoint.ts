import { wrap } from 'comlink';
import type * as z from 'zod/mini';
import { BridgeError, type BridgeErrorCode } from './bridge-error.ts';
import { guardEndpoint } from './endpoint.ts';
import type { Contract, Method } from './method.ts';
import { Outcome, Reply, Request } from './wire.ts';

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

type Failure = { ok: false; code: BridgeErrorCode };
type Pending = { comlinkId: string; method: Method; timer: ReturnType<typeof setTimeout> };

function readOutcome(method: Method, value: unknown): Outcome | Failure {
  const outcome = Outcome.safeParse(value);
  if (!outcome.success) return { ok: false, code: 'protocol' };
  if (!outcome.data.ok) return outcome.data;
  const result = method.result.safeParse(outcome.data.value);
  return result.success ? { ok: true, value: result.data } : { ok: false, code: 'protocol' };
}

/**
 * Calls `contract` on a port, through Comlink behind a guard.
 *
 * Ids are fresh random UUIDs (Comlink's come from `Math.random`), each call has its method's
 * deadline, and a reply counts only as a plain value that parses against the method's result.
 */
export function openCaller<C extends Contract>(port: MessagePort, contract: C): Caller<C> {
  const pending = new Map<string, Pending>();
  let open = true;

  const settle = (wireId: string, outcome: Outcome | Failure) => {
    const call = pending.get(wireId);
    if (!call) return;
    pending.delete(wireId);
    clearTimeout(call.timer);
    endpoint.deliver({ id: call.comlinkId, type: 'RAW', value: outcome });
  };
  const endpoint = guardEndpoint((message) => {
    // Anything else Comlink sends by itself (RELEASE on garbage collection) stays here.
    const request = Request.safeParse(message);
    if (!request.success) return;
    const method = contract[request.data.path[0]] as Method;
    const wireId = crypto.randomUUID();
    const timer = setTimeout(
      () => settle(wireId, { ok: false, code: 'timeout' }),
      method.timeoutMs,
    );
    pending.set(wireId, { comlinkId: request.data.id, method, timer });
    if (open) port.postMessage({ ...request.data, id: wireId });
    else settle(wireId, { ok: false, code: 'closed' });
  });

  port.addEventListener('message', (event) => {
    const reply = event.ports.length === 0 ? Reply.safeParse(event.data) : undefined;
    const call = reply?.success ? pending.get(reply.data.id) : undefined;
    if (reply?.success && call) settle(reply.data.id, readOutcome(call.method, reply.data.value));
  });
  port.start();

  return {
    remote: makeRemote(contract, wrap<Record<string, (...args: unknown[]) => unknown>>(endpoint)),
    close() {
      open = false;
      port.close();
      for (const wireId of [...pending.keys()]) settle(wireId, { ok: false, code: 'closed' });
    },
  };
}

type Proxied = { [name: string]: ((...args: unknown[]) => unknown) | undefined };

function makeRemote<C extends Contract>(contract: C, proxy: unknown): Remote<C> {
  const remote: Record<string, (...args: unknown[]) => Promise<unknown>> = Object.create(null);
  for (const name of Object.keys(contract)) {
    const method = contract[name] as Method;
    remote[name] = async (...args) => {
      const parsed = method.args.safeParse(args);
      if (!parsed.success) throw new BridgeError('refused');
      const outcome = (await (proxy as Proxied)[name]?.(...parsed.data)) as Outcome | Failure;
      if (!outcome.ok) throw new BridgeError(outcome.code);
      return outcome.value;
    };
  }
  return Object.freeze(remote) as Remote<C>;
}
