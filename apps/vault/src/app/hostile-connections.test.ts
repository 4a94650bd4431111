import { type AddressInfo, connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './create-app.ts';
import { createLog } from './log.ts';
import { apiRole } from './role-answers.ts';

const SITE = { fieldsOrigin: 'http://127.0.0.1:4401', apiOrigin: 'http://127.0.0.1:4402' };
const PATIENCE_MS = 800;
const NUMBER = '4242424242424242';
const HEAD = 'POST /echo HTTP/1.1\r\nHost: vault\r\nContent-Type: application/json\r\n';
const BODY = JSON.stringify({ number: NUMBER });

/** Bytes, and the milliseconds to wait before each piece. */
type Piece = readonly [wait: number, bytes: string];
type Seen = { readonly answer: string; readonly ms: number };

describe('connections under attack', () => {
  const lines: string[] = [];
  let app: FastifyInstance;
  let port: number;
  beforeAll(async () => {
    const log = createLog('debug', (line) => lines.push(line));
    app = createApp({ role: apiRole(SITE), log, trustProxy: false, patienceMs: PATIENCE_MS });
    app.post('/echo', async () => ({ ok: true }));
    await app.listen({ port: 0, host: '127.0.0.1' });
    port = (app.server.address() as AddressInfo).port;
  });
  afterAll(() => app.close());

  /** Sends piece by piece, and tells what came until the server hung up. */
  const send = (pieces: readonly Piece[], hangUp = false) =>
    new Promise<Seen>((resolve) => {
      const from = performance.now();
      let answer = '';
      const socket = connect(port, '127.0.0.1').setEncoding('latin1');
      socket.on('data', (chunk: string) => {
        answer += chunk;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve({ answer, ms: performance.now() - from }));
      void (async () => {
        for (const [wait, bytes] of pieces) {
          await new Promise((done) => setTimeout(done, wait));
          if (socket.writable) socket.write(bytes);
        }
        if (hangUp) socket.end();
      })();
    });

  /** One byte at a time, for much longer than anybody waits. */
  const trickle = (head: string, body: string): Piece[] => [
    [0, head],
    ...[...body.repeat(20)].map((byte): Piece => [50, byte]),
  ];
  const statusOf = ({ answer }: Seen) => Number(answer.slice(9, 12));

  test.each<[string, readonly Piece[], readonly number[]]>([
    ['a head that never ends', trickle('POST /echo HTTP/1.1\r\nX-A: ', 'a'), [408]],
    ['a body that trickles', trickle(`${HEAD}Content-Length: 9000\r\n\r\n`, BODY), [408]],
    ['a body that stops', [[0, `${HEAD}Content-Length: 9000\r\n\r\n${BODY}`]], [408]],
    [
      'chunks that trickle',
      trickle(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n"\r\n'),
      [408],
    ],
    ['nothing', [], [408]],
    ['a head of 40 kB', [[0, `${HEAD}X-A: ${'a'.repeat(40_000)}\r\n\r\n`]], [431]],
    ['no HTTP', [[0, `\x16\x03\x01 ${NUMBER}\r\n\r\n`]], [400]],
    ['a length that is none', [[0, `${HEAD}Content-Length: x\r\n\r\n${BODY}`]], [400]],
    ['two lengths', [[0, `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n${BODY}`]], [400]],
    [
      'a length and chunks',
      [[0, `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`]],
      [400],
    ],
    [
      'a body over 16 kB',
      [[0, `${HEAD}Content-Length: 17000\r\n\r\n${'x'.repeat(17_000)}`]],
      [413],
    ],
    [
      'chunks over 16 kB',
      [[0, `${HEAD}Transfer-Encoding: chunked\r\n\r\n4650\r\n${'x'.repeat(18_000)}\r\n0\r\n\r\n`]],
      [413],
    ],
  ])('attacks: %s is refused in its time', async (_name, pieces, statuses) => {
    const seen = await send(pieces, false);
    expect(statuses).toContain(statusOf(seen));
    expect(seen.ms).toBeLessThan(3 * PATIENCE_MS);
    expect(seen.answer).not.toContain(NUMBER);
  });

  test('attacks: a body that ends before its length is answered nothing, and no failure', async () => {
    const before = lines.length;
    const { answer } = await send([[0, `${HEAD}Content-Length: 9000\r\n\r\n${BODY}`]], true);
    expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
    expect(lines.slice(before).join('')).not.toMatch(/"status":5\d\d/);
  });

  test('answers an honest request while two hundred others trickle', async () => {
    const slow = Array.from({ length: 200 }, () =>
      send(trickle(`${HEAD}Content-Length: 9000\r\n\r\n`, BODY)),
    );
    const from = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: BODY,
    });
    expect([answer.status, await answer.json()]).toStrictEqual([200, { ok: true }]);
    expect(performance.now() - from).toBeLessThan(PATIENCE_MS);
    const seen = await Promise.all(slow);
    expect(new Set(seen.map(statusOf))).toStrictEqual(new Set([408]));
  });

  test('leaves no number in the log, whatever came', () => {
    expect(lines.join('')).not.toContain(NUMBER);
  });
});
