import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer, type Peer, startPeer } from '../../test/peer.ts';
import { EgressError } from './egress-error.ts';
import { createEgress, type EgressOptions, type Outgoing } from './send.ts';

/** Hears every address of this machine, so whatever a trick leads to, it would be counted. */
let inside: Peer;
let before = 0;

beforeAll(async () => {
  const said = (socket: Socket) => void socket.end(answer('inside'));
  inside = await startPeer({ host: '::', said }).catch(() => startPeer({ host: '0.0.0.0', said }));
});
afterAll(() => inside[Symbol.asyncDispose]());
beforeEach(() => {
  before = inside.connections();
});

const counted = () => inside.connections() - before;

function asked(url: string, more: Partial<Outgoing> = {}): Outgoing {
  const request = { method: 'POST', headers: [], body: new TextEncoder().encode('{}') };
  return { ...request, url: new URL(url), within: 2_000, maxBytes: 1_000, ...more };
}

async function failureOf(out: Outgoing, options: Partial<EgressOptions> = {}) {
  const egress = createEgress({ allowed: [], ...options });
  const failed = await egress.send(out).catch((error: unknown) => error);
  if (!(failed instanceof EgressError)) throw new Error('came through', { cause: failed });
  return { known: failed.known, reason: failed.reason };
}

const at = (template: string) => template.replace('{port}', String(inside.port));

const ownAddresses = () =>
  Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));

test('the listener hears every address of this machine', async () => {
  const addresses = ownAddresses().filter((address) => !address.startsWith('fe80'));
  expect(addresses).toContain('127.0.0.1');
  for (const host of addresses) {
    const socket = connect(inside.port, host);
    await once(socket, 'connect');
    socket.destroy();
  }
  await expect.poll(counted).toBe(addresses.length);
});

describe('by its spelling', () => {
  test.each([
    'https://127.0.0.1:{port}/',
    'https://127.0.0.1.:{port}/',
    'https://127.1:{port}/',
    'https://127.0.1:{port}/',
    'https://2130706433:{port}/',
    'https://017700000001:{port}/',
    'https://0177.0.0.1:{port}/',
    'https://0x7f000001:{port}/',
    'https://0x7f.0.0.0x1:{port}/',
    'https://127.0.0.2:{port}/',
    'https://0:{port}/',
    'https://0.0.0.0:{port}/',
    'https://127。0。0。1:{port}/',
    'https://１２７.０.０.１:{port}/',
    'https://①②⑦.⓪.⓪.①:{port}/',
    'https://%31%32%37.0.0.1:{port}/',
    'https://[::]:{port}/',
    'https://[::1]:{port}/',
    'https://[0:0:0:0:0:0:0:1]:{port}/',
    'https://[::127.0.0.1]:{port}/',
    'https://[::ffff:127.0.0.1]:{port}/',
    'https://[::ffff:7f00:1]:{port}/',
    'https://[64:ff9b::127.0.0.1]:{port}/',
    'https://[64:ff9b:1::7f00:1]:{port}/',
    'https://[2002:7f00:1::]:{port}/',
    'https://[2001:0:7f00:1::]:{port}/',
    'https://[fe80::1]:{port}/',
    'https://[fd00:ec2::254]:{port}/',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/latest/meta-data/',
    'https://168.63.129.16/',
    'https://localhost:{port}/',
    'https://LOCALHOST:{port}/',
    'https://ｌｏｃａｌｈｏｓｔ:{port}/',
    'https://localhost.:{port}/',
    'https://a.localhost:{port}/',
    'https://a.b.localhost.:{port}/',
    'https://metadata/',
    'https://gateway.example.:{port}/',
  ])('attacks: %s is inside', async (template) => {
    const resolve = () => Promise.resolve(['127.0.0.1']);
    const failure = await failureOf(asked(at(template)), { resolve });
    expect(failure).toStrictEqual({ known: 'refused', reason: 'host_inside' });
    expect(counted()).toBe(0);
  });

  test.each([
    'http://gateway.example:{port}/',
    'http://127.0.0.1:{port}/',
    'ftp://gateway.example/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'ws://127.0.0.1:{port}/',
    'https://user@gateway.example:{port}/',
    'https://user:word@gateway.example:{port}/',
    'https://gateway.example:{port}@127.0.0.1:{port}/',
    'https://gateway.example:{port}/#fragment',
    'https://gateway.example:{port}/#',
    'https://gateway.example:0/',
    'https://gate*way.example/',
    'https://gateway..example/',
    `https://gateway.example/${'a'.repeat(8_200)}`,
  ])('attacks: %s is none that may be called', async (template) => {
    const resolve = () => Promise.resolve(['127.0.0.1']);
    const failure = await failureOf(asked(template.replaceAll('{port}', String(inside.port))), {
      resolve,
    });
    expect(failure).toStrictEqual({ known: 'refused', reason: 'url_form' });
    expect(counted()).toBe(0);
  });
});

describe('by what a name resolves to', () => {
  test.each([
    [['127.0.0.1']],
    [['::1']],
    [['10.0.0.1']],
    [['1.1.1.1', '127.0.0.1']],
    [['127.0.0.1', '1.1.1.1']],
    [['2606:4700:4700::1111', '::ffff:127.0.0.1']],
    [['169.254.169.254']],
    [['fe80::1%lo']],
  ])('attacks: %j is refused whole', async (addresses) => {
    const resolve = () => Promise.resolve(addresses);
    const out = asked(at('https://gateway.example:{port}/'));
    const failure = await failureOf(out, { resolve });
    expect(failure).toStrictEqual({ known: 'refused', reason: 'host_inside' });
    expect(counted()).toBe(0);
  });

  test('attacks: a second answer is never asked for', async () => {
    const answers = [['192.0.2.1'], ['127.0.0.1']];
    let lookups = 0;
    const resolve = () => Promise.resolve(answers[lookups++] ?? ['127.0.0.1']);
    // Let past the rules for its address, which leads nowhere; the second answer would lead to us.
    const allowed = [at('https://gateway.example:{port}')];
    const out = asked(at('https://gateway.example:{port}/'), { within: 300 });
    const failure = await failureOf(out, { resolve, allowed });
    expect(failure.known).toBe('not_sent');
    expect(lookups).toBe(1);
    expect(counted()).toBe(0);
  });

  test('attacks: a list that changes after it was judged leads nowhere else', async () => {
    const addresses = ['192.0.2.1'];
    const resolve = () => {
      queueMicrotask(() => queueMicrotask(() => addresses.splice(0, 1, '127.0.0.1')));
      return Promise.resolve(addresses);
    };
    const allowed = [at('https://gateway.example:{port}')];
    const out = asked(at('https://gateway.example:{port}/'), { within: 300 });
    expect((await failureOf(out, { resolve, allowed })).known).toBe('not_sent');
    expect(counted()).toBe(0);
  });

  test.each([
    ['no address', () => Promise.resolve([])],
    ['no address but a name', () => Promise.resolve(['localhost'])],
    ['a failure', () => Promise.reject(new Error('ENOTFOUND'))],
    [
      'a failure at once',
      () => {
        throw new Error('ENOTFOUND');
      },
    ],
  ])('attacks: %s is not sent', async (_name, resolve) => {
    const failure = await failureOf(asked(at('https://gateway.example:{port}/')), { resolve });
    expect(failure).toStrictEqual({ known: 'not_sent', reason: 'name_unresolved' });
  });
});

describe('past the origin that an operator named', () => {
  test('the exact origin is called, and no other of the same host', async () => {
    const allowed = [at('http://localhost:{port}')];
    const egress = createEgress({ allowed, resolve: () => Promise.resolve(['127.0.0.1']) });
    const { status } = await egress.send(asked(at('http://localhost:{port}/a?b=c')));
    expect([status, counted()]).toStrictEqual([200, 1]);
    for (const other of [
      'https://localhost:{port}/',
      'http://127.0.0.1:{port}/',
      'http://a.localhost:{port}/',
    ])
      expect((await failureOf(asked(at(other)), { allowed })).known).toBe('refused');
    expect((await failureOf(asked('http://localhost/'), { allowed })).known).toBe('refused');
    expect(counted()).toBe(1);
  });

  test.each([301, 302, 303, 307, 308])('attacks: a redirect of %i is an answer', async (status) => {
    const location = at('location: http://127.0.0.1:{port}/inside');
    await using gateway = await startPeer({
      said: (socket) => void socket.end(answer('', `${status} Elsewhere`, location)),
    });
    const origin = `http://localhost:${gateway.port}`;
    // Also the place it leads to is one that may be called.
    const allowed = [origin, at('http://127.0.0.1:{port}')];
    const egress = createEgress({ allowed, resolve: () => Promise.resolve(['127.0.0.1']) });
    const got = await egress.send(asked(`${origin}/`));
    expect(got.status).toBe(status);
    expect(got.headers).toContainEqual(['location', at('http://127.0.0.1:{port}/inside')]);
    expect([gateway.connections(), counted()]).toStrictEqual([1, 0]);
  });

  test('attacks: a proxy of the environment is not asked', async () => {
    await using gateway = await startPeer({ said: (socket) => void socket.end(answer('{}')) });
    const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
    for (const name of [...names, 'NODE_USE_ENV_PROXY'])
      process.env[name] = name.startsWith('NODE') ? '1' : at('http://127.0.0.1:{port}');
    try {
      const origin = `http://gateway.example:${gateway.port}`;
      const resolve = () => Promise.resolve(['127.0.0.1']);
      const egress = createEgress({ allowed: [origin], resolve });
      expect((await egress.send(asked(origin))).status).toBe(200);
    } finally {
      for (const name of [...names, 'NODE_USE_ENV_PROXY']) delete process.env[name];
    }
    expect([gateway.connections(), counted()]).toStrictEqual([1, 0]);
  });
});

describe('by what stands in a request', () => {
  const origin = () => at('http://localhost:{port}');

  test.each([
    ['a', 'b\r\nx: y'],
    ['a', 'b\nx: y'],
    ['a', 'b\rx: y'],
    ['a', 'b\0'],
    ['a', 'caf\u00e9'],
    ['a', '\u560d\u560ax: y'],
    ['a\r\nx', 'b'],
    ['a:', 'b'],
    ['a ', 'b'],
    ['', 'b'],
    ['Host', 'inside'],
    ['Content-Length', '0'],
    ['Transfer-Encoding', 'chunked'],
    ['transfer-encoding', 'identity'],
    ['Connection', 'keep-alive'],
    ['Upgrade', 'h2c'],
    ['HTTP2-Settings', 'x'],
    ['TE', 'trailers'],
    ['Trailer', 'a'],
    ['Expect', '100-continue'],
    ['Keep-Alive', 'timeout=5'],
    ['Proxy-Authorization', 'x'],
    ['proxy-connection', 'close'],
    ['Accept-Encoding', 'gzip'],
    ['a', 'b'.repeat(20_000)],
  ])('attacks: the header %j: %j is refused', async (name, value) => {
    const out = asked(origin(), { headers: [[name, value]] });
    const failure = await failureOf(out, { allowed: [origin()] });
    expect(failure).toStrictEqual({ known: 'refused', reason: 'request_form' });
    expect(counted()).toBe(0);
  });

  test.each(['CONNECT', 'TRACE', 'OPTIONS', 'post', 'POST /x HTTP/1.1\r\nx: y\r\n\r\nGET', ''])(
    'attacks: the method %j is refused',
    async (method) => {
      const failure = await failureOf(asked(origin(), { method }), { allowed: [origin()] });
      expect(failure).toStrictEqual({ known: 'refused', reason: 'request_form' });
      expect(counted()).toBe(0);
    },
  );

  test.each([
    { within: 0 },
    { within: -1 },
    { within: Number.NaN },
    { within: Number.POSITIVE_INFINITY },
    { within: 2 ** 31 },
    { maxBytes: 0 },
    { maxBytes: Number.NaN },
  ])('attacks: %j is no limit', async (more) => {
    const failure = await failureOf(asked(origin(), more), { allowed: [origin()] });
    expect(failure).toStrictEqual({ known: 'refused', reason: 'request_form' });
  });

  test('attacks: lines in a path stay within it', async () => {
    await using gateway = await startPeer({ said: (socket) => void socket.end(answer('{}')) });
    const own = `http://localhost:${gateway.port}`;
    const resolve = () => Promise.resolve(['127.0.0.1']);
    const egress = createEgress({ allowed: [own], resolve });
    await egress.send(asked(`${own}/a\r\nx: y/%0d%0ax:%20y?q=\r\n\r\nGET / HTTP/1.1`));
    expect(gateway.heard().split('\r\n')[0]).toBe(
      'POST /ax:%20y/%0d%0ax:%20y?q=GET%20/%20HTTP/1.1 HTTP/1.1',
    );
  });
});
