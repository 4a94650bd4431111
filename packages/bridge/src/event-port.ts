import type * as z from 'zod/mini';

/**
 * The sending half of a one-way port: it has no listener, so nothing can come in by it. Each event
 * is parsed on leaving; one that does not fit its schema is dropped rather than sent.
 */
export function sendEvents<S extends z.ZodMiniType>(
  port: MessagePort,
  schema: S,
): (event: z.infer<S>) => void {
  return (event) => {
    const parsed = schema.safeParse(event);
    if (parsed.success) port.postMessage(parsed.data);
  };
}

/** The receiving half: events that do not parse are ignored. Returns what closes the port. */
export function receiveEvents<S extends z.ZodMiniType>(
  port: MessagePort,
  schema: S,
  handler: (event: z.infer<S>) => void,
): () => void {
  port.addEventListener('message', (message) => {
    const parsed = schema.safeParse(message.data);
    if (parsed.success) handler(parsed.data);
  });
  port.start();
  return () => port.close();
}
