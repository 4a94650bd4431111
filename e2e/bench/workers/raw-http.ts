import { connect, type Socket } from 'node:net';

/** One request as bytes, and what came of it. */
export type Sent = {
  readonly wire: Buffer;
  status?: number;
  answer?: string;
  ms?: number;
};

export type Wanted = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
};

/** Written beforehand, so that a driver does little more than a wire does while it is measured. */
export function wireOf({ method, path, headers, body }: Wanted): Buffer {
  const length: Record<string, number> =
    body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  const all = Object.entries({ ...headers, ...length }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

const HEAD_END = '\r\n\r\n';

type Answer = { readonly status: number; readonly body: string };

/** The answer, once all of it is there. */
function completeAnswer(received: string): Answer | undefined {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const body = received.slice(end + HEAD_END.length);
  return body.length < length ? undefined : { status: Number(head.slice(9, 12)), body };
}

/** One connection kept open, one request on it at a time, as long as there are any. */
export function drive(socket: Socket, next: () => Sent | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let current: Sent | undefined;
    let from = 0;
    let received = '';
    const send = () => {
      current = next();
      received = '';
      from = performance.now();
      if (current) socket.write(current.wire);
      else resolve();
    };
    socket.on('data', (chunk: string) => {
      received += chunk;
      const answer = completeAnswer(received);
      if (answer === undefined || !current) return;
      current.ms = performance.now() - from;
      current.status = answer.status;
      current.answer = answer.body;
      send();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the vault closed a connection')));
    send();
  });
}

export async function opened(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1');
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

export function hangUp(sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
}
