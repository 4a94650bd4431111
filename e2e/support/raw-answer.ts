import { request } from 'node:http';
import { connect } from 'node:net';

/** An HTTP answer with nothing hidden: `fetch` folds headers and leaves some out. */
export type RawAnswer = {
  readonly status: number;
  /** Lower-case name and value, in the order in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
};

export type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Asks one URL; the path is sent as it stands, also where it is no valid one. */
export function ask(origin: string, path: string, asked: Asked = {}): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  const { method = 'GET', headers = {}, body } = asked;
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: pairs(incoming.rawHeaders),
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [
    (raw[at * 2] ?? '').toLowerCase(),
    raw[at * 2 + 1] ?? '',
  ]);
}

/** Sends bytes that no client would, and gives what came back until the server hung up. */
export function askRaw(origin: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    let answer = '';
    // Ended, so that nobody waits for a body that was promised and does not come.
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    const late = setTimeout(() => socket.destroy(), 5_000);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(late);
      resolve(answer);
    });
  });
}

/** The head of an answer, as text, in the same form as {@link ask} gives it. */
export function parseHead(head: string): Pick<RawAnswer, 'status' | 'headers'> {
  const [start = '', ...lines] = head.split('\r\n\r\n')[0]?.split('\r\n') ?? [];
  return {
    status: Number(start.split(' ')[1]),
    headers: lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  };
}
