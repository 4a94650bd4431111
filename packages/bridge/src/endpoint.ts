import { type Endpoint, transferHandlers } from 'comlink';

// With these handlers a peer could hand us live callbacks, and our errors would leave with stacks.
transferHandlers.delete('proxy');
transferHandlers.delete('throw');

type Listener = (event: { data: unknown; origin: string }) => void;

/** A Comlink endpoint that is no port: every message passes `outgoing`, or comes through `deliver`. */
export type GuardedEndpoint = Endpoint & { deliver(data: unknown): void };

/** Stands between Comlink and a port, so that Comlink never sees an unchecked message. */
export function guardEndpoint(outgoing: (message: unknown) => void): GuardedEndpoint {
  const listeners = new Set<Listener>();
  return {
    addEventListener: (_type, listener) => void listeners.add(listener as unknown as Listener),
    removeEventListener: (_type, listener) =>
      void listeners.delete(listener as unknown as Listener),
    postMessage: (message) => outgoing(message),
    deliver(data) {
      for (const listener of listeners) listener({ data, origin: '' });
    },
  };
}
