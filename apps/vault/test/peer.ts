import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import type { Paper } from './certificates.ts';

/** A host that answers as a test wants, byte by byte. */
export type Peer = {
  readonly port: number;
  /** Connections, with or without a handshake. */
  connections(): number;
  /** All that was heard on them after the handshake. */
  heard(): string;
  [Symbol.asyncDispose](): Promise<void>;
};

export type PeerOptions = {
  /** Over TLS with this; plain without. */
  readonly paper?: Paper;
  readonly host?: string;
  /** Called for each connection, once its handshake is over. */
  readonly on?: (socket: Socket) => void;
  /** Called at the first bytes, with what resets the connection below. */
  readonly said?: (socket: Socket, reset: () => void) => void;
};

/** Listens on a free port. */
export async function startPeer({ paper, host, on, said }: PeerOptions): Promise<Peer> {
  const sockets = new Set<Socket>();
  let [heard, connections] = ['', 0];
  const reset = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const talk = (socket: Socket) => {
    socket.on('data', (bytes) => {
      const isFirst = heard === '';
      heard += bytes.toString('latin1');
      if (isFirst) said?.(socket, reset);
    });
    on?.(socket);
  };
  const server = paper === undefined ? createServer(talk) : createSecureServer(paper, talk);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.on('secureConnection', (socket: Socket) => void socket.on('error', () => {}));
  server.on('tlsClientError', () => {});
  return {
    port: await listen(server, host ?? '127.0.0.1'),
    connections: () => connections,
    heard: () => heard,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server, host: string): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A whole answer, with its length. */
export function answer(body: string, first = '200 OK', ...lines: string[]): string {
  const head = [`HTTP/1.1 ${first}`, `content-length: ${Buffer.byteLength(body)}`, ...lines];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
