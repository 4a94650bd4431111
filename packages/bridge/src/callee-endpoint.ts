import { expose } from 'comlink';
import type * as z from 'zod/mini';
import { guardEndpoint } from './endpoint.ts';
import type { Answered } from './method.ts';
import type { Outcome } from './wire/outcome.ts';
import { Reply } from './wire/reply.ts';
import { Request } from './wire/request.ts';

type Given<T> = T extends undefined ? undefined | void : T;

/** What answers a contract: one function per method, called with parsed arguments. */
export type Handlers<C extends Answered> = {
  readonly [K in keyof C]: (
    ...args: z.infer<C[K]['args']>
  ) => Given<z.infer<C[K]['result']>> | Promise<Given<z.infer<C[K]['result']>>>;
};

/** A peer that breaks the protocol this often loses its port: it is broken or probing. */
const VIOLATION_BUDGET = 32;
/** More calls under way than an honest SDK ever has. */
const PENDING_LIMIT = 64;

const refused: Outcome = { ok: false, code: 'refused' };
const internal: Outcome = { ok: false, code: 'internal' };

async function answer(
  method: Answered[string],
  handler: Function,
  args: unknown[],
): Promise<Outcome> {
  const parsed = method.args.safeParse(args);
  if (!parsed.success) return refused;
  try {
    const result = method.result.safeParse(await handler(...parsed.data));
    return result.success ? { ok: true, value: result.data } : internal;
  } catch {
    return internal;
  }
}

function freezeApi<C extends Answered>(contract: C, handlers: Handlers<C>): object {
  const api: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(contract)) {
    const method = contract[name] as Answered[string];
    const handler = handlers[name] as Function;
    api[name] = Object.freeze((...args: unknown[]) => answer(method, handler, args));
  }
  return Object.freeze(api);
}

/**
 * Answers `contract` on a port, through Comlink behind a guard.
 *
 * Messages that are not a plain call of a declared method are dropped and counted; a peer over its
 * budget loses the port. Arguments and results are parsed by the method's schemas; a handler's error
 * leaves as the bare code `internal`.
 *
 * @returns a function that closes the port.
 */
export function serve<C extends Answered>(options: {
  port: MessagePort;
  contract: C;
  handlers: Handlers<C>;
  onClose?: (reason: 'closed' | 'budget') => void;
}): () => void {
  const { port, contract, handlers, onClose } = options;
  let violations = 0;
  let pending = 0;
  let open = true;

  const close = (reason: 'closed' | 'budget') => {
    if (!open) return;
    open = false;
    port.close();
    onClose?.(reason);
  };
  const endpoint = guardEndpoint((message) => {
    const reply = Reply.safeParse(message);
    pending -= 1;
    if (open && reply.success) port.postMessage(reply.data);
  });
  expose(freezeApi(contract, handlers), endpoint);

  port.addEventListener('message', (event) => {
    if (!open) return;
    const request = event.ports.length === 0 ? Request.safeParse(event.data) : undefined;
    if (!request?.success || !Object.hasOwn(contract, request.data.path[0])) {
      violations += 1;
      if (violations > VIOLATION_BUDGET) close('budget');
      return;
    }
    if (pending >= PENDING_LIMIT) {
      port.postMessage({ id: request.data.id, type: 'RAW', value: refused });
      return;
    }
    pending += 1;
    endpoint.deliver(request.data);
  });
  port.start();
  return () => close('closed');
}
