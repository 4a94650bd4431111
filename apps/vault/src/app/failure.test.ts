import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectedHeaders } from '../../test/expected-headers.ts';
import { expectProblem } from '../../test/expect-problem.ts';
import { sealedRequest, tokenize } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import type { Database } from '../db/sql.ts';
import { embeddedOver } from '../db/embedded.ts';

const NUMBER = '4242 4242 4242 4242';
let it: TestVault;
let broken = false;
beforeAll(async () => {
  const database = embeddedOver(new PGlite());
  const query: Database['query'] = (...statement) => {
    if (broken) throw new Error(`connection lost with ${NUMBER} for sk_test_abc`);
    return database.query(...statement);
  };
  it = await testVault({ database: { ...database, query } });
}, 60_000);
afterAll(() => it.close());

test('says nothing outside and everything inside, without the number', async () => {
  broken = true;
  const before = it.lines.length;
  const answer = await it.api.inject({ url: '/v1/keys/manifest' });
  const ready = await it.api.inject({ url: '/readyz' });
  broken = false;
  const requestId = String(answer.headers['x-request-id']);
  expect([answer.statusCode, ready.statusCode]).toStrictEqual([500, 503]);
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
