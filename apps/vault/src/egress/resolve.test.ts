import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EgressError } from './egress-error.ts';
import { resolverOf } from './resolve.ts';
import { createEgress } from './send.ts';

/** A server of names, and what it was asked: the types of records in turn. */
let server: Socket;
let asked: number[];
/** Addresses by type of record: none for no such record, `silent` for no answer. */
let zone: Readonly<Record<number, readonly number[][] | 'silent'>>;
const [A, AAAA] = [1, 28];

beforeEach(async () => {
  [zone, asked] = [{}, []];
  server = createSocket('udp4');
  server.on('message', (question, { port, address }) => {
    const type = question.readUInt16BE(questionEnd(question) - 4);
    asked.push(type);
    const known = zone[type] ?? [];
    if (known !== 'silent') server.send(answerTo(question, type, known), port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

function questionEnd(message: Buffer): number {
  let at = 12;
  while (message[at] !== 0) at += (message[at] ?? 0) + 1;
  return at + 5;
}

/** RFC 1035 §4.1, with the name as a pointer to the question. */
function answerTo(question: Buffer, type: number, known: readonly number[][]): Buffer {
  const head = Buffer.from(question.subarray(0, questionEnd(question)));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(known.length, 6);
  head.writeUInt32BE(0, 8);
  const records = known.map((address) =>
    Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, address.length, ...address]),
  );
  return Buffer.concat([head, ...records]);
}

const resolve = (options = { timeout: 3_000, tries: 2 }) =>
  resolverOf([`127.0.0.1:${server.address().port}`], options);

async function failureOf(url: string, own = true): Promise<Pick<EgressError, 'known' | 'reason'>> {
  const egress = createEgress({ allowed: [], ...(own ? { resolve: resolve() } : {}) });
  const request = { method: 'GET', headers: [], body: null, within: 200, maxBytes: 100 };
  const failed = await egress.send({ ...request, url: new URL(url) }).catch((error) => error);
  if (!(failed instanceof EgressError)) throw new Error('came through', { cause: failed });
  return { known: failed.known, reason: failed.reason };
}

describe('asks the servers of names', () => {
  const ask = () => resolve()('shop.example', new AbortController().signal);

  test('for addresses of both kinds', async () => {
    zone = {
      [A]: [
        [192, 0, 2, 1],
        [192, 0, 2, 2],
      ],
      [AAAA]: [[...Array(15).fill(0), 1]],
    };
    expect(await ask()).toStrictEqual(['192.0.2.1', '192.0.2.2', '::1']);
    expect(asked.toSorted((a, b) => a - b)).toStrictEqual([A, AAAA]);
  });

  test('and takes one kind where there is no other', async () => {
    zone = { [AAAA]: [[...Array(15).fill(0), 1]] };
    expect(await ask()).toStrictEqual(['::1']);
    zone = { [A]: [[192, 0, 2, 1]] };
    expect(await ask()).toStrictEqual(['192.0.2.1']);
    zone = {};
    await expect(ask()).rejects.toMatchObject({ code: 'ENODATA' });
  });
});

test('attacks: an address within is refused, of whichever kind', async () => {
  const refused = { known: 'refused', reason: 'host_inside' };
  zone = { [A]: [[1, 1, 1, 1]], [AAAA]: [[...Array(15).fill(0), 1]] };
  expect(await failureOf('https://shop.example/')).toStrictEqual(refused);
  zone = { [A]: [[10, 0, 0, 1]] };
  expect(await failureOf('https://shop.example/')).toStrictEqual(refused);
});

test('attacks: names that are never answered end at the deadline, and are asked for no longer', async () => {
  zone = { [A]: 'silent', [AAAA]: 'silent' };
  const names = Array.from({ length: 16 }, (_, n) => `https://n${n}.shop.example/`);
  const failures = await Promise.all(names.map((name) => failureOf(name)));
  expect(failures).toStrictEqual(names.map(() => ({ known: 'not_sent', reason: 'deadline' })));
  expect(asked).toHaveLength(32);
  const ended = resolve({ timeout: 100, tries: 9 })('shop.example', AbortSignal.timeout(50));
  await expect(ended).rejects.toMatchObject({ code: 'ECANCELLED' });
  const before = asked.length;
  await new Promise((done) => setTimeout(done, 300));
  expect(asked).toHaveLength(before);
});

test("attacks: a name of a merchant's takes no thread, only one of an operator's does", async () => {
  const threads = () =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'GetAddrInfoReqWrap').length;
  const theirs = failureOf('https://nowhere.invalid/', false);
  expect(threads()).toBe(0);
  expect((await theirs).known).toBe('not_sent');
  const egress = createEgress({ allowed: ['http://localhost:1'] });
  const request = { method: 'GET', headers: [], body: null, within: 5_000, maxBytes: 100 };
  const ours = egress.send({ ...request, url: new URL('http://localhost:1') });
  expect(threads()).toBe(1);
  await expect(ours).rejects.toMatchObject({ reason: 'connect_failed' });
});
