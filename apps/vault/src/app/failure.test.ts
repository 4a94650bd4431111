import { renameSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDatabase, ENGINES } from '../../test/engines.ts';
import { expectedHeaders } from '../../test/expected-headers.ts';
import { expectProblem } from '../../test/expect-problem.ts';
import { openReply, post, sealedRequest, tokenize } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import type { Database } from '../db/sql.ts';
import { isOutage } from '../db/outage.ts';
import { openPostgres } from '../db/postgres.ts';

const NUMBER = '4242 4242 4242 4242';
let it: TestVault;
let broken = false;
/** How often the database was asked for the newest list of keys. */
let lists = 0;
/** Thrown after the statement was carried out: only its answer is lost. */
let afterwards: Error | undefined;
beforeAll(async () => {
  const { sql: database } = await emptyDatabase('embedded');
  const as: Database['as'] = (...scope) => ({
    async query(...statement) {
      if (statement[2] === 'latest-manifest') lists += 1;
      if (broken) throw new Error(`connection lost with ${NUMBER} for sk_test_abc`);
      const rows = await database.as(...scope).query(...statement);
      if (afterwards !== undefined) throw afterwards;
      return rows;
    },
  });
  it = await testVault({ database: { ...database, as } });
}, 60_000);
afterAll(() => it.close());

test('asks the database once for all who want the list of keys', async () => {
  const everybody = async () => {
    const all = Array.from({ length: 50 }, () => it.api.inject({ url: '/v1/keys/manifest' }));
    const answers = await Promise.all(all);
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toStrictEqual(new Set([200]));
  };
  it.time.now += 1_000;
  lists = 0;
  await everybody();
  expect(lists).toBe(1);
  it.time.now += 1_000;
  await everybody();
  expect(lists).toBe(2);
  it.time.now += 1_000;
});

test('says nothing outside and everything inside, without the number', async () => {
  broken = true;
  const before = it.lines.length;
  const answer = await it.api.inject({ url: '/v1/keys/manifest' });
  broken = false;
  const requestId = String(answer.headers['x-request-id']);
  expect(answer.statusCode).toBe(500);
  expect(JSON.parse(answer.body)).toStrictEqual({
    type: 'urn:hushfield:error:service_unavailable',
    title: 'The payment service is not available right now.',
    status: 500,
    code: 'service_unavailable',
    retryable: true,
    requestId,
  });
  const { problem, cors } = expectedHeaders('http', { FIELDS_ORIGIN: it.config.fieldsOrigin });
  expect(answer.headers).toMatchObject({ ...problem, ...cors });
  const lines = it.lines.slice(before).join('');
  expect(lines).toContain(`"requestId":"${requestId}"`);
  expect(lines).toContain('connection lost with [redacted] for sk_test_[redacted]');
  expect(lines).not.toContain(NUMBER);
});

test('answers 503 once the KEK is gone for five minutes, and recovers without a restart', async () => {
  const kek = join(it.config.dataDir, 'keys', 'kek');
  await tokenize(it);
  renameSync(kek, `${kek}.away`);
  it.time.now += 60_000;
  expect(await tokenize(it)).toMatchObject({ ok: true });
  const request = await sealedRequest(it);
  it.time.now += 5 * 60_000;
  await expectProblem(it, request.body, 503, 'service_unavailable');
  renameSync(`${kek}.away`, kek);
  expect(await tokenize(it)).toMatchObject({ ok: true });
});

const coded = (code: string) => Object.assign(new Error('x'), { code });

test.each([
  ['a connection failure', coded('08006'), 503],
  ['a shutdown', coded('57P01'), 503],
  ['too many connections', coded('53300'), 503],
  ['a statement timeout', coded('57014'), 503],
  ['a serialization failure', coded('40001'), 503],
  ['a deadlock', coded('40P01'), 503],
  ['a refused connection', coded('ECONNREFUSED'), 503],
  ['a reset connection', coded('ECONNRESET'), 503],
  ['a network timeout', coded('ETIMEDOUT'), 503],
  ['a pool without a free connection', new Error('timeout exceeded when trying to connect'), 503],
  ['a broken connection', new Error('Connection terminated unexpectedly'), 503],
  ['a missing column', coded('42703'), 500],
  ['a broken constraint', coded('23505'), 500],
  ['a mistake of ours', new TypeError('x is not a function'), 500],
])('answers %s', async (_name, error, status) => {
  afterwards = error;
  const { statusCode, body } = await it.api.inject({ url: '/v1/keys/manifest' });
  afterwards = undefined;
  expect([statusCode, JSON.parse(body).code]).toStrictEqual([status, 'service_unavailable']);
});

test('answers 503 when the answer of the database is lost, and the token when asked again', async () => {
  await tokenize(it);
  const request = await sealedRequest(it);
  const count = async () => (await it.vault.sql.owner.query('SELECT token_id FROM tokens')).length;
  const before = await count();
  afterwards = coded('57P01');
  await expectProblem(it, request.body, 503, 'service_unavailable');
  afterwards = undefined;
  expect(await count()).toBe(before + 1);
  const again = await post(it, request.body);
  expect(openReply(request.sealed, again.body)).toMatchObject({ ok: true });
  expect(await count()).toBe(before + 1);
});

/** What a query meets where nobody, or something else than PostgreSQL, listens. */
async function meets(serve?: (socket: Socket) => void): Promise<unknown> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (serve === undefined) server.close();
  const database = openPostgres(`postgres://u@127.0.0.1:${port}/d`, { connectMs: 200 });
  const error = await database.owner.query('SELECT 1').catch((reason: unknown) => reason);
  await database.close();
  server.close();
  return error;
}

test.each([
  ['does not listen', undefined],
  ['hangs up', (socket: Socket) => socket.destroy()],
  [
    'is silent',
    (socket: Socket) => {
      socket.on('error', () => {});
    },
  ],
])('knows an outage by the errors of the driver: the server %s', async (_name, serve) => {
  expect(isOutage(await meets(serve))).toBe(true);
});

test.runIf(ENGINES.includes('postgres')).each([
  ['is ended by an operator', 'SELECT pg_terminate_backend(pg_backend_pid())', true],
  ['takes too long', 'SET statement_timeout = 20; SELECT pg_sleep(5)', true],
  ['is wrong', 'SELECT nothing', false],
])('knows an outage on PostgreSQL: a statement that %s', async (_name, text, outage) => {
  const { sql, drop } = await emptyDatabase('postgres');
  const error = await sql.owner.script(text).catch((reason: unknown) => reason);
  expect(isOutage(error)).toBe(outage);
  await drop();
});

test.each([
  ['keys/ticket', 'frame'],
  ['keys/pepper', 'frame'],
  ['keys/tenants/{tenant}.fingerprint', 'tokenize'],
  ['keys/tenants/{tenant}.pan.0001', 'tokenize'],
] as const)('answers 503 while %s is gone, and recovers when it is back', async (name, way) => {
  const path = join(it.config.dataDir, name.replace('{tenant}', it.merchant.tenant));
  const status = async () => {
    if (way === 'tokenize') return (await post(it, (await sealedRequest(it)).body)).statusCode;
    const url = `/f1/${it.merchant.publishableKey}/controller`;
    return (await it.fields.inject({ url, headers: { 'sec-fetch-dest': 'iframe' } })).statusCode;
  };
  expect(await status()).toBe(200);
  renameSync(path, `${path}.away`);
  it.time.now += 5 * 60_000;
  const away = await status();
  renameSync(`${path}.away`, path);
  expect([away, await status()]).toStrictEqual([503, 200]);
});
