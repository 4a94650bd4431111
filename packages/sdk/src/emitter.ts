type Listener = (payload: never) => void;

/** Typed listeners; a listener that throws is reported by the browser and stops nobody else. */
export class Emitter<Events extends Record<string, unknown>> {
  /** Each with whether it is heard once: under the page's own function, so that `off` finds it either way. */
  readonly #listeners = new Map<keyof Events, Map<Listener, boolean>>();

  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): () => void {
    return this.#add(event, listener, false);
  }

  once<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): () => void {
    return this.#add(event, listener, true);
  }

  off<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): void {
    this.#listeners.get(event)?.delete(listener);
  }

  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    for (const [listener, once] of [...(this.#listeners.get(event) ?? [])]) {
      if (once) this.#listeners.get(event)?.delete(listener);
      try {
        (listener as (payload: Events[E]) => void)(payload);
      } catch (error) {
        reportError(error);
      }
    }
  }

  #add<E extends keyof Events>(
    event: E,
    listener: (payload: Events[E]) => void,
    once: boolean,
  ): () => void {
    const listeners = this.#listeners.get(event) ?? new Map<Listener, boolean>();
    // Who listens for good is not heard once by asking for that too.
    this.#listeners.set(event, listeners.set(listener, once && listeners.get(listener) !== false));
    return () => this.off(event, listener);
  }
}
