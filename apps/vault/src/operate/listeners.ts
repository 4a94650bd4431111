import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../app/log.ts';
import type { Readying } from './readiness.ts';

/** What is under way when a listener closes has so long; longer than a statement may take. */
export const FINISH_MS = 12_000;
/** A request that is on its way has this long to be there; who holds a connection and is silent, no longer. */
const ARRIVE_MS = 1_000;

type Place = { readonly host: string; readonly port: number };

/** The public listeners of a process. They end together, so that none still takes what another cannot do. */
export class Listeners {
  readonly #readying: Readying;
  readonly #log: Log;
  readonly #apps: FastifyInstance[] = [];
  /** How many requests are under way on each connection. */
  readonly #open = new Map<Socket, number>();

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
    this.#follow(app);
    await app.listen(place);
  }

  /** Takes no connection any more, and waits for what is under way. */
  async close(): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    const after = (ms: number, what: () => void) =>
      pause(ms, undefined, { signal }).then(what, () => {});
    const quiet = after(ARRIVE_MS, () => this.#cut((underWay) => underWay === 0));
    const late = after(FINISH_MS, () => {
      this.#log.error({ detail: 'what was still under way is cut off' }, 'ending took too long');
      this.#cut(() => true);
    });
    await Promise.all(this.#apps.splice(0).map((app) => app.close()));
    over.abort();
    await Promise.all([quiet, late]);
  }

  #follow({ server }: FastifyInstance): void {
    const note = (socket: Socket, change: number) => {
      const now = this.#open.get(socket);
      if (now !== undefined) this.#open.set(socket, now + change);
    };
    server.on('connection', (socket: Socket) => {
      this.#open.set(socket, 0);
      socket.once('close', () => this.#open.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      note(socket, 1);
      response.once('close', () => note(socket, -1));
    });
  }

  #cut(which: (underWay: number) => boolean): void {
    for (const [socket, underWay] of this.#open) if (which(underWay)) socket.destroy();
  }
}
