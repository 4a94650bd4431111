import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../app/log.ts';
import type { Readying } from './readiness.ts';

/** What is under way when a listener closes has so long; longer than any statement may take. */
export const FINISH_MS = 12_000;

type Place = { readonly host: string; readonly port: number };

/** The public listeners of a process. They end together, so that none still takes what another cannot do. */
export class Listeners {
  readonly #readying: Readying;
  readonly #log: Log;
  readonly #apps: FastifyInstance[] = [];

  constructor(readying: Readying, log: Log) {
    this.#readying = readying;
    this.#log = log;
  }

  get count(): number {
    return this.#apps.length;
  }

  async open(app: FastifyInstance, place: Place): Promise<void> {
    this.#apps.push(app);
    // Whoever keeps a connection is told to let it go, while there still is somebody to answer.
    app.addHook('onSend', async (_request, reply) => {
      if (this.#readying.isDraining) reply.header('connection', 'close');
    });
    await app.listen(place);
  }

  /** Takes no connection any more, and waits for what is under way. */
  async close(deadlineMs: number = FINISH_MS): Promise<void> {
    const ending = new AbortController();
    const late = pause(deadlineMs, undefined, { signal: ending.signal }).then(
      () => this.#cut(),
      () => {},
    );
    await Promise.all(this.#apps.splice(0).map((app) => this.#closeOne(app)));
    ending.abort();
    await late;
  }

  readonly #closing = new Set<FastifyInstance>();

  async #closeOne(app: FastifyInstance): Promise<void> {
    this.#closing.add(app);
    await app.close().finally(() => this.#closing.delete(app));
  }

  #cut(): void {
    this.#log.error({ detail: 'what was still under way is cut off' }, 'ending took too long');
    for (const app of this.#closing) app.server.closeAllConnections();
  }
}
