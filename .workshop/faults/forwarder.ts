import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * Stands for the address that moves with the primary: a virtual IP, a name, or a proxy. The driver takes one
 * host in its URL, so that an operator needs such an address, or starts the nodes again with another URL.
 */
export class Forwarder {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly port: number;
  target: number;

  private constructor(target: number, server: Server, port: number) {
    this.target = target;
    this.port = port;
    this.#server = server;
    server.on('connection', (near) => this.#forward(near));
  }

  static async to(target: number): Promise<Forwarder> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    return new Forwarder(target, server, address.port);
  }

  /** The URL of a database, by this way. */
  urlLike(url: string): string {
    const own = new URL(url);
    own.port = `${this.port}`;
    return own.href;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #forward(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
    }
  }
}
