import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../test/backend.ts';
import { lines } from '../../test/card-lines.ts';
import { writeFakeDist } from '../../test/fake-dist.ts';
import { freeBase } from '../../test/free-base.ts';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { CREDENTIALS, recordOf } from '../../test/gateway.ts';
import { tokenize } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { SYSTEM_CLOCKS } from '../clock.ts';
import { createLog } from '../app/log.ts';
import { run } from '../cli/run.ts';
import { readConfig } from '../config.ts';
import { start } from '../start.ts';
import { claimMode } from './deployment-mode.ts';
import { ROLES_OF } from './roles-of.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { migrate, pendingMigrations } from './migrate.ts';

const silent = { write: () => {} };

describe.runIf(ENGINES.includes('postgres'))(
  'with the roles that `migrate --help` names, and no other',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hushfield-roles-'));
    const logins = new Map<string, string>();
    let owned: TestDatabase;
    let tenant: string;
    let publishable: string;
    beforeAll(async () => {
      owned = await emptyDatabase('postgres');
      for (const [what, roles] of Object.entries(ROLES_OF)) {
        const user = `node_${randomBytes(4).toString('hex')}`;
        const granted = roles.map((role) => `hushfield_${role}`).join(', ');
        logins.set(what, user);
        if (logins.size === 1) {
          await migrate(owned.sql.owner);
          await claimMode(owned.sql.owner, 'test');
        }
        await owned.sql.owner.script(
          `CREATE ROLE ${user} LOGIN NOINHERIT; GRANT ${granted} TO ${user}`,
        );
      }
    }, 60_000);
    afterAll(async () => {
      for (const user of logins.values()) await owned.sql.owner.script(`DROP ROLE ${user}`);
      await owned.drop();
      rmSync(folder, { recursive: true, force: true });
    }, 60_000);

    const environment = (what: string, base = '4400') => {
      const url = new URL(owned.url ?? '');
      url.username = logins.get(what) ?? '';
      const { fieldsDist, sdkDist } = writeFakeDist(join(folder, 'dist'));
      return {
        HUSHFIELD_DATA_DIR: join(folder, 'data'),
        DATABASE_URL: url.href,
        FIELDS_DIST: fieldsDist,
        SDK_DIST: sdkDist,
        PORT_BASE: base,
      };
    };
    const hushfield = async (
      line: string,
      ends: readonly number[] = [0],
      surroundings = environment('the command line'),
    ) => {
      const progress = () => {};
      const log = createLog('silent', progress);
      const input = Readable.from([]);
      const desk = {
        environment: surroundings,
        ...SYSTEM_CLOCKS,
        log,
        input,
        progress,
      };
      const { out, err, exitCode } = await run([...line.split(' '), '--json'], desk);
      expect({ line, err, ended: ends.includes(exitCode) }).toStrictEqual({
        line,
        err: '',
        ended: true,
      });
      return JSON.parse(out);
    };

    test('every command runs but `migrate`', async () => {
      // By the owner: it also makes the keys.
      const owner = { ...environment('the command line'), DATABASE_URL: owned.url ?? '' };
      await hushfield('migrate', [0], owner);
      ({ tenant } = await hushfield('tenant create --name Shop'));
      await hushfield('tenant list');
      const origin = 'http://localhost:4400';
      ({ key: publishable } = await hushfield(
        `key create --tenant ${tenant} --kind pk --origin ${origin}`,
      ));
      const { keyId } = await hushfield(`key create --tenant ${tenant} --kind sk`);
      const rolled = await hushfield(`key roll --key ${keyId}`);
      await hushfield(`key revoke --key ${rolled.keyId}`);
      await hushfield(`key list --tenant ${tenant}`);
      await hushfield(`origin prove --tenant ${tenant} --origin ${origin} --vouched`);
      const file = join(folder, 'cards.ndjson');
      writeFileSync(file, lines(0, 3));
      await hushfield(`import --tenant ${tenant} --file ${file} --out ${join(folder, 'out')}`);
      const [record, credentials] = [join(folder, 'record.json'), join(folder, 'secrets.json')];
      writeFileSync(record, JSON.stringify(recordOf(443)));
      writeFileSync(credentials, JSON.stringify(CREDENTIALS));
      const added = `destination add --tenant ${tenant} --file ${record} --credentials ${credentials}`;
      const { id } = await hushfield(added);
      await hushfield(`destination list --tenant ${tenant}`);
      for (const word of ['show', 'disable', 'enable'])
        await hushfield(`destination ${word} --tenant ${tenant} --destination ${id}`);
      for (const what of [
        'data-keys',
        'fingerprint',
        'pepper',
        'ticket',
        'session',
        'manifest',
        'kek',
      ])
        await hushfield(`keys rotate --what ${what}`);
      await hushfield(`destination remove --tenant ${tenant} --destination ${id}`);
      await hushfield('keys rotate --what receive --now');
      const { endpoint } = await hushfield(
        `webhook add --tenant ${tenant} --url https://shop.example/hook --event key.created`,
      );
      const which = `--tenant ${tenant} --endpoint ${endpoint}`;
      await hushfield(`webhook roll ${which}`);
      await hushfield('keys rotate --what data-keys');
      await hushfield(`webhook replay ${which} --from 2026-01-01T00:00:00Z`);
      await hushfield(`webhook list --tenant ${tenant}`);
      await hushfield(`webhook remove ${which}`);
      await hushfield('doctor', [0, 1]);
      await hushfield('migrate --check');
      const other = await hushfield('tenant create --name Over');
      await hushfield(`tenant shred --tenant ${other.tenant} --confirm ${other.tenant}`);
    }, 60_000);

    test('every role serves', async () => {
      const base = await freeBase();
      for (const role of ['worker', 'fields', 'api'] as const) {
        const config = readConfig(environment(role, String(base)));
        const running = await start(config, silent, { roles: [role], develop: false });
        const headers = { 'sec-fetch-dest': 'iframe' };
        const { fieldsOrigin, apiOrigin } = config;
        if (role === 'fields') {
          const document = await fetch(`${fieldsOrigin}/f1/${publishable}/controller`, { headers });
          expect(document.status).toBe(200);
        }
        if (role === 'api') {
          expect((await fetch(`${apiOrigin}/v1/keys/manifest`)).status).toBe(200);
          const { key } = await hushfield(`key create --tenant ${tenant} --kind sk`);
          const asked = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
          const body = JSON.stringify({ number: '4242424242424242', expMonth: 12, expYear: 2030 });
          const init = { method: 'POST', headers: asked, body };
          expect((await fetch(`${apiOrigin}/v1/tokens`, init)).status).toBe(201);
          expect((await fetch(`${apiOrigin}/v1/api_keys`, { headers: asked })).status).toBe(200);
        }
        await running.stop();
      }
    }, 60_000);
  },
);

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
