import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { collectCode, post, sealedRequest, tokenize } from '../../test/sealed-request.ts';
import { sessionFor } from '../../test/sessions.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { latestManifest } from '../worker/manifest-store.ts';
import { runWorkerRound } from '../worker/worker.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030, customer: 'c-1' };

/* Nodes of the version before go on serving while a migration changes their tables. */
describe.each(ENGINES)('a node that serves while its tables change, on %s', (engine) => {
  let it: TestVault;
  beforeAll(async () => {
    it = await testVault({ engine });
  }, 60_000);
  afterAll(() => it.close());

  const backend = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
  ) => {
    const named = method === 'POST' && !url.endsWith('/reveal');
    const headers = named ? { 'idempotency-key': crypto.randomUUID() } : undefined;
    const asked = { ...(body && { body }), ...(headers && { headers }) };
    return ask(it, it.merchant.secretKey, method, url, asked);
  };

  /** Every statement with a name, by the routes that use it; gives what they answered. */
  async function everything(): Promise<readonly (readonly [what: string, status: unknown])[]> {
    const { body: token } = await backend('POST', '/v1/tokens', CARD);
    const { body: key } = await backend('POST', '/v1/api_keys', {
      kind: 'restricted',
      scopes: ['tokens:read'],
    });
    const session = await sessionFor(it);
    const asked = [
      ['GET', `/v1/tokens/${token.id}`],
      ['PATCH', `/v1/tokens/${token.id}`, { metadata: { a: 'b' } }],
      ['GET', `/v1/tokens?fingerprint=${token.fingerprint}`],
      ['GET', '/v1/tokens?customer=c-1'],
      ['GET', '/v1/api_keys'],
      ['GET', `/v1/api_keys/${key.id}`],
      ['POST', `/v1/api_keys/${key.id}/roll`, { overlap: 0 }],
      ['GET', `/v1/sessions/${session.split('.')[0]}`],
      ['DELETE', `/v1/tokens/${token.id}`],
      ['DELETE', '/v1/customers/c-1'],
    ] as const;
    const answers: [string, unknown][] = [];
    for (const [method, url, body] of asked)
      answers.push([`${method} ${url.split('/')[2]}`, (await backend(method, url, body)).status]);
    const { body, sealed: _sealed } = await sealedRequest(it);
    answers.push(['tokenize', (await post(it, body)).statusCode]);
    answers.push(['tokenize again', (await post(it, body)).statusCode]);
    const paid = await tokenize(it, { session });
    answers.push(['tokenize by session', paid.ok]);
    const code = { token: paid.ok ? paid.token.id : '', cvc: '321' };
    answers.push(['collect a code', (await collectCode(it, code)).ok]);
    const url = `/f1/${it.merchant.publishableKey}/controller`;
    const headers = { 'sec-fetch-dest': 'iframe' };
    answers.push(['a document', (await it.fields.inject({ url, headers })).statusCode]);
    it.time.now += 1_000;
    await runWorkerRound(it.vault);
    answers.push(['manifest', (await latestManifest(it.vault.sql.as('worker'))) !== undefined]);
    return answers;
  }

  const tables = async () =>
    (
      await it.vault.sql.owner.query(`SELECT relname FROM pg_class WHERE NOT relispartition
        AND relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')`)
    ).map((row) => String(row['relname']));

  test('answers every route as before when every table has another column', async () => {
    const before = await everything();
    expect(before.filter(([, status]) => status === false || Number(status) >= 500)).toStrictEqual(
      [],
    );
    for (const table of await tables())
      await it.vault.sql.owner.script(`ALTER TABLE ${table} ADD COLUMN later text`);
    const seen = it.lines.length;
    expect(await everything()).toStrictEqual(before);
    expect(it.lines.slice(seen).join('')).not.toContain('"failed"');
  }, 60_000);

  test('answers every route as before when a column has another type', async () => {
    const before = await everything();
    await it.vault.sql.owner.script(`ALTER TABLE tokens ALTER COLUMN customer TYPE varchar(64);
      ALTER TABLE sessions ALTER COLUMN customer TYPE varchar(64);
      ALTER TABLE origins ALTER COLUMN origin TYPE varchar(300)`);
    expect(await everything()).toStrictEqual(before);
  }, 60_000);
});
