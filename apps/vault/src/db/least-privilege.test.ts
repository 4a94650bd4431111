import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../test/backend.ts';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { tokenize } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { migrate, pendingMigrations } from './migrate.ts';

/* A node that owns nothing: a login of its own, which is a member of the roles and no superuser. */
describe.runIf(ENGINES.includes('postgres'))('a vault whose user owns nothing', () => {
  const user = `node_${randomBytes(4).toString('hex')}`;
  let owned: TestDatabase;
  let it: TestVault;
  beforeAll(async () => {
    owned = await emptyDatabase('postgres');
    await migrate(owned.sql.owner);
    await owned.sql.owner.script(`CREATE ROLE ${user} LOGIN NOINHERIT;
      GRANT hushfield_api, hushfield_fields, hushfield_worker, hushfield_admin TO ${user}`);
    const database = owned.login?.(user);
    if (database === undefined) throw new Error('nobody can log in');
    it = await testVault({ database, migrates: false });
  }, 60_000);
  afterAll(async () => {
    await it.close();
    await owned.sql.owner.script(`DROP ROLE ${user}`).catch(() => {});
    await owned.drop();
  });

  test('takes a card, serves its backend, and does the rounds of a worker', async () => {
    const reply = await tokenize(it);
    const id = reply.ok ? reply.token.id : '';
    const key = it.merchant.secretKey;
    expect((await ask(it, key, 'GET', `/v1/tokens/${id}`)).status).toBe(200);
    const body = { kind: 'restricted', scopes: ['tokens:read'] };
    expect((await ask(it, key, 'POST', '/v1/api_keys', { body })).status).toBe(201);
    it.time.now += 48 * 60 * 60 * 1000;
    await runWorkerRound(it.vault);
    expect((await ask(it, key, 'GET', `/v1/tokens/${id}`)).status).toBe(404);
    expect(await pendingMigrations(it.vault.sql, 'fields')).toStrictEqual([]);
  });

  test.each([
    ['sees no token', 'SELECT token_id FROM tokens', 'permission denied'],
    ['sees no card', 'SELECT envelope FROM cards', 'permission denied'],
    ['changes no audit entry', "UPDATE audit_entries SET outcome = 'x'", 'permission denied'],
    ['writes over no card', "UPDATE cards SET envelope = ''", 'permission denied'],
    ['drops nothing', 'DROP TABLE cards', 'must be owner'],
    [
      'switches no row security off',
      'ALTER TABLE cards DISABLE ROW LEVEL SECURITY',
      'must be owner',
    ],
    [
      'makes no function',
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      'permission denied',
    ],
  ])('%s past its roles', async (_name, text, refusal) => {
    await expect(it.vault.sql.owner.query(text)).rejects.toThrow(refusal);
  });
});
