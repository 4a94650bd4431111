/* A process of its own: seals beforehand, posts as fast as the vault answers, opens every answer. */
import { connect, type Socket } from 'node:net';
import { answerJobs, type Pace, settings } from './jobs.ts';
import { type Place, type SealedRequest, sealRequests, tokenIn } from './sealed.ts';
import { percentile } from '../stats.ts';

export type PostJob =
  | { readonly do: 'seal'; readonly count: number }
  | {
      readonly do: 'post';
      readonly count: number;
      readonly connections: number;
      readonly ports: readonly number[];
    };

const place = settings() as Place;
const pile: SealedRequest[] = [];

type Sent = {
  readonly request: SealedRequest;
  readonly wire: Buffer;
  answer?: string;
  ms?: number;
};

function prepared(request: SealedRequest): Sent {
  const head = [
    'POST /v1/tokenize HTTP/1.1',
    `Host: ${new URL(place.api).host}`,
    `Origin: ${place.fields}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(request.body)}`,
  ].join('\r\n');
  return { request, wire: Buffer.from(`${head}\r\n\r\n${request.body}`) };
}

const HEAD_END = '\r\n\r\n';

/** The body, once all of it is there. */
function completeBody(received: string): string | undefined {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`answered ${head.split('\r\n')[0]}`);
  const body = received.slice(end + HEAD_END.length);
  return body.length < length ? undefined : body;
}

/** One connection kept open, one request on it at a time, as long as there are any. */
function drive(socket: Socket, next: () => Sent | undefined): Promise<void> {
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
      try {
        const body = completeBody(received);
        if (body === undefined || !current) return;
        current.answer = body;
        current.ms = performance.now() - from;
        send();
      } catch (error) {
        reject(error);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the vault closed a connection')));
    send();
  });
}

async function opened(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1');
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** @throws Error unless each answer holds a token of its own. */
function assertTokens(sent: readonly Sent[]): void {
  const ids = sent.map(({ request, answer }) => tokenIn(request, answer ?? ''));
  if (new Set(ids).size !== sent.length) throw new Error('two answers hold one token');
}

async function post({ count, connections, ports }: PostJob & { do: 'post' }): Promise<Pace> {
  if (pile.length < count) throw new Error('not enough was sealed');
  const sent = pile.splice(0, count).map(prepared);
  const sockets: Socket[] = [];
  for (let index = 0; index < connections; index += 1) {
    sockets.push(await opened(ports[index % ports.length] ?? 0));
  }
  let at = 0;
  const next = () => sent[at++];
  const cpu = process.cpuUsage();
  const from = performance.now();
  await Promise.all(sockets.map((socket) => drive(socket, next)));
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  assertTokens(sent);
  const times = sent.map(({ ms = Number.NaN }) => ms);
  return {
    perSecond: (count / ms) * 1_000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    cpu: (user + system) / 1_000 / count,
  };
}

answerJobs(async (job: PostJob): Promise<Pace | undefined> => {
  if (job.do === 'post') return post(job);
  pile.push(...(await sealRequests(place, job.count)));
  return undefined;
});
