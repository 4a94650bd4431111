import { connect, createServer, type Socket } from 'node:net';
import type { Resources } from '../resources.ts';

/*
 * A slow 4G link: 150 ms there and back, 1.6 Mbit/s down, 0.75 up, shared by everything that is
 * loaded over it. Two round trips pass before the first byte of a request: TCP's handshake, which
 * loopback has for nothing, and that of TLS 1.3, which the bench's plain servers do not speak but
 * every real origin does. Loss and slow start are left out: they would add noise to both sides.
 */
const ROUND_TRIP_MS = 150;
const DOWN_BYTES_PER_MS = 1_600_000 / 8 / 1_000;
const UP_BYTES_PER_MS = 750_000 / 8 / 1_000;
const HANDSHAKES = 2;
const SEGMENT = 1_460;

type Parcel = { readonly at: number; readonly deliver: () => void };

/** One direction: parcels leave one after the other at the link's rate and arrive half a trip later. */
class Direction {
  readonly #bytesPerMs: number;
  readonly #queue: Parcel[] = [];
  #freeAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(bytesPerMs: number) {
    this.#bytesPerMs = bytesPerMs;
  }

  send(bytes: number, deliver: () => void): void {
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + bytes / this.#bytesPerMs;
    this.#queue.push({ at: this.#freeAt + ROUND_TRIP_MS / 2, deliver });
    this.#arm();
  }

  #arm(): void {
    const [next] = this.#queue;
    if (next === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#deliver(), Math.max(0, next.at - performance.now()));
  }

  #deliver(): void {
    this.#timer = undefined;
    // Timers have whole milliseconds: what is due within half of one is due.
    const now = performance.now() + 0.5;
    while (this.#queue[0] && this.#queue[0].at <= now) this.#queue.shift()?.deliver();
    this.#arm();
  }
}

/** One link; put it in front of each port with `before`. */
export class SlowLink {
  readonly #resources: Resources;
  readonly #up = new Direction(UP_BYTES_PER_MS);
  readonly #down = new Direction(DOWN_BYTES_PER_MS);

  constructor(resources: Resources) {
    this.#resources = resources;
  }

  /** Answers on `port` and passes everything on to `target`, slowly. */
  async before(target: number, port: number): Promise<void> {
    const sockets = new Set<Socket>();
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => {
      const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
      for (const socket of [client, upstream]) {
        sockets.add(socket.setNoDelay());
        socket.once('close', () => sockets.delete(socket));
        socket.on('error', () => [client, upstream].forEach((each) => each.destroy()));
      }
      carry(client, upstream, this.#up);
      carry(upstream, client, this.#down);
      setTimeout(() => client.resume(), HANDSHAKES * ROUND_TRIP_MS);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    this.#resources.add(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
  }
}

function carry(from: Socket, to: Socket, direction: Direction): void {
  from.on('data', (chunk: Buffer) => {
    for (let start = 0; start < chunk.length; start += SEGMENT) {
      const segment = chunk.subarray(start, start + SEGMENT);
      direction.send(segment.length, () => to.destroyed || to.write(segment));
    }
  });
  from.once('end', () => direction.send(0, () => to.end()));
}
