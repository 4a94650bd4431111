import { createServer, connect, type Server, type Socket } from 'node:net';

/** One HTTP message as it crossed the wire. */
export type Message = { readonly head: string; readonly body: Buffer; readonly bytes: number };

type Conversation = { readonly sent: Buffer[]; readonly received: Buffer[] };

const PASSING_MS = 15_000;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** Cuts a stream of HTTP/1.1 messages; all of ours have a length or no body. */
function cut(stream: Buffer): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = stream.indexOf(END_OF_HEAD, at);
    if (end < 0) break;
    const head = stream.toString('latin1', at, end);
    if (/^transfer-encoding:/im.test(head)) throw new Error('a chunked message cannot be measured');
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const next = end + END_OF_HEAD.length + length;
    messages.push({ head, body: stream.subarray(next - length, next), bytes: next - at });
    at = next;
  }
  return messages;
}

/** Stands between browser and vault, passes every byte on and keeps a copy: what a CDN could see. */
export class RecordingProxy {
  readonly #conversations: Conversation[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #target: number;
  /** What a post is answered with in the vault's stead, as an edge could; empty: it hangs up. */
  instead: Buffer | undefined;
  #watched: (chunk: Buffer) => void = () => {};

  constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#relay(client));
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', () => resolve()));
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Every byte that crossed, both ways. */
  get bytes(): Buffer {
    return Buffer.concat(
      this.#conversations.flatMap(({ sent, received }) => [...sent, ...received]),
    );
  }

  /** Requests with their answers, for requests that begin with `start`. */
  exchanges(start: string): { request: Message; response: Message }[] {
    return this.#conversations.flatMap(({ sent, received }) => {
      const responses = cut(Buffer.concat(received));
      return cut(Buffer.concat(sent)).flatMap((request, index) => {
        const response = responses[index];
        return request.head.startsWith(start) && response ? [{ request, response }] : [];
      });
    });
  }

  /** Resolves when a request with this line has left the browser, whatever its driver says of requests. */
  passing(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`there was no ${line}`));
      const timer = setTimeout(late, PASSING_MS);
      this.#watched = (chunk) => {
        if (!chunk.includes(line)) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #relay(client: Socket): void {
    const conversation: Conversation = { sent: [], received: [] };
    this.#conversations.push(conversation);
    const vault = connect(this.#target, '127.0.0.1');
    client.on('data', (chunk) => {
      conversation.sent.push(chunk);
      this.#watched(chunk);
      if (this.instead === undefined || !chunk.toString('latin1').startsWith('POST ')) {
        vault.write(chunk);
        return;
      }
      conversation.received.push(this.instead);
      client.end(this.instead);
    });
    vault.on('data', (chunk) => conversation.received.push(chunk));
    vault.pipe(client);
    client.on('end', () => vault.end());
    for (const socket of [client, vault]) {
      this.#sockets.add(socket);
      const end = () => {
        client.destroy();
        vault.destroy();
      };
      socket.on('error', end).on('close', end);
    }
  }
}
