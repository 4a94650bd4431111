import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Authority, createAuthority, type Paper } from '../../test/certificates.ts';
import { answer, type Peer, type PeerOptions, startPeer } from '../../test/peer.ts';
import { EgressError } from './egress-error.ts';
import { createEgress, type Egress, type EgressOptions, type Outgoing } from './send.ts';

let ours: Authority;
let paper: Paper;
beforeAll(async () => {
  ours = await createAuthority();
  paper = await ours.issue(['gateway.example']);
});

type Way = { readonly scheme: 'http' | 'https' };
const WAYS: readonly Way[] = [{ scheme: 'http' }, { scheme: 'https' }];

const peerOf = ({ scheme }: Way, options: PeerOptions): Promise<Peer> =>
  startPeer(scheme === 'https' ? { ...options, paper } : options);

function egressTo(origin: string, more: Partial<EgressOptions> = {}): Egress {
  const resolve = () => Promise.resolve(['127.0.0.1']);
  return createEgress({ allowed: [origin], ca: ours.cert, resolve, ...more });
}

const originOf = ({ scheme }: Way, port: number) => `${scheme}://gateway.example:${port}`;

function outgoing(origin: string, more: Partial<Outgoing> = {}): Outgoing {
  const body = new TextEncoder().encode('{"amount":1}');
  const request = { method: 'POST', headers: [], body, within: 500, maxBytes: 1_000 };
  return { ...request, url: new URL(origin), ...more };
}

async function failureOf(sent: Promise<unknown>): Promise<EgressError> {
  const failed = await sent.catch((error: unknown) => error);
  if (failed instanceof EgressError) return failed;
  throw new Error('came through', { cause: failed });
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n';

/** Sends a piece again and again, until nobody listens. */
function drip(piece: string, first = '', everyMs = 5) {
  return (socket: Socket) => {
    socket.write(first);
    const timer = setInterval(() => void socket.write(piece), everyMs);
    socket.on('close', () => clearInterval(timer));
  };
}

/** As fast as it is taken. */
function pour(piece: string, first: string) {
  return (socket: Socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', more);
    socket.write(first);
    more();
  };
}

const AFTER = [
  ['resets', (_socket: Socket, reset: () => void) => reset(), 'connection_lost'],
  ['hangs up', (socket: Socket) => void socket.end(), 'connection_lost'],
  ['says nothing', () => {}, 'deadline'],
  ['says half a head', (socket: Socket) => void socket.end(HEAD.slice(0, 30)), 'connection_lost'],
  ['says half a body', (socket: Socket) => void socket.end(`${HEAD}12345`), 'connection_lost'],
  [
    'says half a chunk',
    (socket: Socket) =>
      void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n123'),
    'connection_lost',
  ],
  ['says half a body and waits', (socket: Socket) => void socket.write(`${HEAD}12345`), 'deadline'],
  ['trickles its head', drip('a', 'HTTP/1.1 200 OK\r\nx: '), 'deadline'],
  ['trickles its body', drip('1', 'HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n'), 'deadline'],
  ['asks for patience', drip('HTTP/1.1 102 Processing\r\n\r\n'), 'deadline'],
  ['pours out a body', pour('x'.repeat(65_536), 'HTTP/1.1 200 OK\r\n\r\n'), 'answer_too_large'],
  [
    'says a long body',
    (socket: Socket) => void socket.end(answer('x'.repeat(1_001))),
    'answer_too_large',
  ],
  [
    'pours out a head',
    pour('a: b\r\n'.repeat(9_000), 'HTTP/1.1 200 OK\r\n'),
    'answer_head_too_large',
  ],
  ['says garbage', (socket: Socket) => void socket.end('SSH-2.0-x\r\n'), 'answer_malformed'],
  [
    'says two lengths',
    (socket: Socket) =>
      void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx'),
    'answer_malformed',
  ],
  [
    'says a length and chunks',
    (socket: Socket) =>
      void socket.end(
        'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      ),
    'answer_malformed',
  ],
  [
    'says a status of 600',
    (socket: Socket) => void socket.end(answer('', '600 x')),
    'answer_malformed',
  ],
  [
    'says a status of 999',
    (socket: Socket) => void socket.end(answer('', '999 x')),
    'answer_malformed',
  ],
  [
    'says a status of 99',
    (socket: Socket) => void socket.end(answer('', '099 x')),
    'answer_malformed',
  ],
  [
    'says a status of 0',
    (socket: Socket) => void socket.end(answer('', '000 x')),
    'answer_malformed',
  ],
  [
    'says 600 and half a body',
    (socket: Socket) => void socket.write('HTTP/1.1 600 x\r\ncontent-length: 9\r\n\r\n123'),
    'answer_malformed',
  ],
  [
    'switches protocols',
    (socket: Socket) =>
      void socket.write('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    'answer_malformed',
  ],
] as const;

describe.each(WAYS)('over $scheme', (way) => {
  test.each(AFTER)('attacks: a host that %s is unknown', async (_name, said, reason) => {
    await using peer = await peerOf(way, { said });
    const origin = originOf(way, peer.port);
    const failed = await failureOf(egressTo(origin).send(outgoing(origin)));
    expect(failed).toMatchObject({ known: 'unknown', reason });
    expect(peer.connections()).toBe(1);
    expect(peer.heard()).toContain('{"amount":1}');
  });

  test('attacks: nobody there is not sent', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const origin = originOf(way, (gone.address() as AddressInfo).port);
    gone.close();
    await once(gone, 'close');
    const failed = await failureOf(egressTo(origin).send(outgoing(origin)));
    const code = 'ECONNREFUSED';
    expect(failed).toMatchObject({ known: 'not_sent', reason: 'connect_failed', code });
  });

  test('a whole answer counts, though the request was not heard to its end', async () => {
    await using peer = await peerOf(way, {
      on: (socket) => void socket.write(answer('too much', '413 Too Large')),
    });
    const origin = originOf(way, peer.port);
    const got = await egressTo(origin).send(outgoing(origin, { body: new Uint8Array(4_000_000) }));
    expect(got.status).toBe(413);
    expect(Buffer.from(got.body).toString()).toBe('too much');
  });

  test.each(['cancelled', 'closed'])('attacks: %s in the middle is unknown', async (how) => {
    const stop = new AbortController();
    const ends: (() => void)[] = [];
    await using peer = await peerOf(way, {
      said: () => ends.forEach((end) => end()),
    });
    const origin = originOf(way, peer.port);
    const egress = egressTo(origin);
    ends.push(() => (how === 'cancelled' ? stop.abort() : egress.close()));
    const out = outgoing(origin, { within: 60_000, signal: stop.signal });
    const failed = await failureOf(egress.send(out));
    expect(failed).toMatchObject({ known: 'unknown', reason: 'cancelled' });
  });

  test('attacks: cancelled before is not sent, and reaches nobody', async () => {
    await using peer = await peerOf(way, {});
    const origin = originOf(way, peer.port);
    const out = outgoing(origin, { signal: AbortSignal.abort() });
    const failed = await failureOf(egressTo(origin).send(out));
    expect(failed).toMatchObject({ known: 'not_sent', reason: 'cancelled' });
    expect(peer.connections()).toBe(0);
  });

  test('a resolver that never answers ends at the deadline', async () => {
    const origin = originOf(way, 1);
    const egress = egressTo(origin, { resolve: () => new Promise(() => {}) });
    const failed = await failureOf(egress.send(outgoing(origin, { within: 50 })));
    expect(failed).toMatchObject({ known: 'not_sent', reason: 'deadline' });
  });

  test('the second address is tried where the first has nobody', async () => {
    await using peer = await peerOf(way, { said: (socket) => void socket.end(answer('{}')) });
    const origin = originOf(way, peer.port);
    const resolve = () => Promise.resolve(['127.0.0.2', '127.0.0.1']);
    const got = await egressTo(origin, { resolve }).send(outgoing(origin, { within: 5_000 }));
    expect(got.status).toBe(200);
  });
});

describe('before a handshake is over', () => {
  const way = { scheme: 'https' } as const;

  test.each([
    [
      'resets',
      (socket: Socket) => void setTimeout(() => socket.resetAndDestroy(), 30),
      'tls_failed',
    ],
    ['hangs up', (socket: Socket) => void socket.end(), 'tls_failed'],
    ['says nothing', () => {}, 'deadline'],
    ['speaks no TLS', (socket: Socket) => void socket.end(answer('{}')), 'tls_failed'],
  ])('attacks: a host that %s is not sent', async (_name, on, reason) => {
    await using peer = await startPeer({ on });
    const origin = originOf(way, peer.port);
    const failed = await failureOf(egressTo(origin).send(outgoing(origin)));
    expect(failed).toMatchObject({ known: 'not_sent', reason });
    expect(peer.heard()).not.toContain('amount');
  });
});

describe('an answer', () => {
  test('is whole, and of its own memory', async () => {
    const said = (socket: Socket) =>
      void socket.end(answer('{"ok":1}', '201 Created', 'Set-Cookie: a', 'set-cookie: b'));
    await using peer = await startPeer({ said });
    const origin = `http://gateway.example:${peer.port}`;
    const got = await egressTo(origin).send(outgoing(origin));
    expect(got).toStrictEqual({
      status: 201,
      headers: [
        ['content-length', '8'],
        ['set-cookie', 'a'],
        ['set-cookie', 'b'],
      ],
      body: new TextEncoder().encode('{"ok":1}'),
    });
    expect(got.body.buffer.byteLength).toBe(8);
  });

  test.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n'],
  ])('of %s may have no body: %j', async (method, text) => {
    await using peer = await startPeer({ said: (socket) => void socket.end(text) });
    const origin = `http://gateway.example:${peer.port}`;
    const got = await egressTo(origin).send(outgoing(origin, { method, body: null }));
    expect(got.body.byteLength).toBe(0);
    expect(peer.heard()).not.toContain('content-length');
  });

  test('attacks: an error carries nothing of it', async () => {
    const card = '4242424242424242';
    await using peer = await startPeer({ said: (socket) => void socket.end(`${card}\r\n\r\n`) });
    const origin = `http://gateway.example:${peer.port}`;
    const failed = await failureOf(egressTo(origin).send(outgoing(`${origin}/${card}`)));
    expect(failed.known).toBe('unknown');
    expect(Object.getOwnPropertyNames(failed)).not.toContain('cause');
    const shown = Object.getOwnPropertyNames(failed).map((name) => Reflect.get(failed, name));
    expect(shown.join()).not.toContain(card);
  });
});

test('nothing is sent after the end', async () => {
  await using peer = await startPeer({});
  const origin = `http://gateway.example:${peer.port}`;
  const egress = egressTo(origin);
  egress.close();
  const failed = await failureOf(egress.send(outgoing(origin)));
  expect(failed).toMatchObject({ known: 'refused', reason: 'closed' });
  expect(peer.connections()).toBe(0);
});
