import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a receiver was told. */
export type Told = {
  readonly headers: IncomingHttpHeaders;
  readonly id: string;
  readonly body: string;
  readonly path: string;
};
export type Reply = (told: Told, response: ServerResponse) => void;

/** A merchant's endpoint on a free port of this machine, which answers as a test wants. */
export type Receiver = {
  readonly origin: string;
  readonly told: Told[];
  /** The ids of what it has been told, each once. */
  ids(): string[];
  reply: Reply;
  close(): Promise<void>;
};

/** Answers with a status, and nothing else. */
export const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  (_told, response) =>
    void response.writeHead(code, headers).end();

export async function startReceiver(): Promise<Receiver> {
  const told: Told[] = [];
  const receiver = { reply: status(204) };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { headers, url: path = '' } = request;
      const body = Buffer.concat(parts).toString('utf8');
      const one = { headers, id: String(headers['webhook-id']), body, path };
      told.push(one);
      receiver.reply(one, response);
    });
    request.on('error', () => {});
    response.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, {
    origin: `http://127.0.0.1:${port}`,
    told,
    ids: () => [...new Set(told.map(({ id }) => id))].toSorted(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}
