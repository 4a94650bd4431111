import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { wantedSchema } from '../src/db/migrate.ts';
import { openPostgres } from '../src/db/postgres.ts';
import { rolesOf } from '../src/db/roles-of.ts';
import type { Database } from '../src/db/sql.ts';
import { gatherFacts } from '../src/doctor/facts.ts';
import { judge } from '../src/doctor/judge.ts';
import { ROLES } from '../src/role.ts';
import { writeFakeDist } from '../test/fake-dist.ts';
import {
  ask,
  type Deployment,
  done,
  hushfield,
  type Merchant,
  merchantOf,
  type NodeProcess,
  serve,
  take,
} from '../test/node-process.ts';
import {
  discard,
  HAS_SERVER_TOOLS,
  newData,
  serverFolder,
  type Server,
  startServer,
} from '../test/server-tools.ts';

const FIELDS = 'https://fields.vault.example';
/** Used nowhere else, so that whatever is found came from here. */
const CANARY = '4242424250607084';
const CUSTOMER = 'quilla-zamorravich';
const kit = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');

/* The kit's own files, on a real server: it starts, the vault runs on it as it should log in, and doctor is content. */
describe.runIf(HAS_SERVER_TOOLS)('the settings of the database', { timeout: 60_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'hushfield-settings-'));
  const folder = serverFolder('settings');
  let server: Server;
  let root: Database;
  let deployment: Deployment;
  let merchant: Merchant;
  let node: NodeProcess;

  beforeAll(async () => {
    const data = await newData(folder, ['--data-checksums']);
    const { uid, gid } = statSync(data);
    const own = (name: string, text: string) => {
      writeFileSync(join(data, name), text);
      chownSync(join(data, name), uid, gid);
      chmodSync(join(data, name), 0o600);
    };
    const pair = ['-keyout', join(home, 'key'), '-out', join(home, 'crt')];
    const certificate = ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-days', '2', ...pair];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', [...certificate, ...subject], { stdio: 'ignore' });
    own('server.key', readFileSync(join(home, 'key'), 'utf8'));
    own('server.crt', readFileSync(join(home, 'crt'), 'utf8'));
    // The test's own way in, in front of the kit's lines; its networks are here.
    const local = 'host all postgres 127.0.0.1/32 trust\n';
    own(
      'pg_hba.conf',
      local + kit('pg_hba.conf').replaceAll(/10\.0\.\d\.\d+\/\d+/g, '127.0.0.1/32'),
    );
    server = await startServer(data, [
      kit('postgresql.conf').replaceAll('/backup/wal', folder),
      'log_min_duration_statement = 0',
    ]);
    root = openPostgres(server.url('postgres'));
    await root.owner.script("CREATE ROLE hushfield_owner LOGIN CREATEROLE PASSWORD 'own'");
    await root.owner.script('CREATE DATABASE hushfield OWNER hushfield_owner');
    const { fieldsDist, sdkDist } = writeFakeDist(join(home, 'dist'));
    const at = (login: string) =>
      `postgres://${login}@localhost:${server.port}/hushfield?sslmode=verify-full&sslrootcert=${join(home, 'crt')}`;
    const environment = {
      HUSHFIELD_DATA_DIR: join(home, 'data'),
      DATABASE_URL: at('hushfield_owner:own'),
      FIELDS_DIST: fieldsDist,
      SDK_DIST: sdkDist,
      FIELDS_ORIGIN: FIELDS,
      SHOP_ORIGIN: 'https://www.shop.example',
    };
    done({ environment }, 'migrate');
    await root.owner.script(`CREATE ROLE node LOGIN NOINHERIT PASSWORD 'node';
      GRANT ${rolesOf([...ROLES, 'the command line']).join(', ')} TO node`);
    deployment = { environment: { ...environment, DATABASE_URL: at('node:node') } };
    merchant = merchantOf(deployment);
    node = await serve(deployment);
  }, 60_000);
  afterAll(async () => {
    await node.end();
    await root.close();
    await discard(folder, server);
    rmSync(home, { recursive: true, force: true });
  }, 30_000);

  const findings = async () => {
    const config = readConfig(deployment.environment);
    const sql = openPostgres(deployment.environment['DATABASE_URL'] ?? '');
    const facts = await gatherFacts(config, sql, {
      does: ['the command line'],
      schema: wantedSchema(),
    });
    await sql.close();
    return judge(facts).flatMap(({ id, level }) => (/^(ok|skipped)$/.test(level) ? [] : [id]));
  };
  /** What the kit leaves to the operator, and what is of this test. */
  const LEFT = ['kek', 'https', 'root', 'root-key', 'origins', 'standbys'];
  const set = async (text: string) => {
    await root.owner.query(`ALTER SYSTEM ${text}`);
    await root.owner.query('SELECT pg_reload_conf()');
    // Read by each session between two statements.
    await sleep(300);
  };

  test('are all that doctor asks for, but for a replica', async () => {
    const left = await findings();
    expect(left.filter((id) => !LEFT.includes(id))).toStrictEqual([]);
    expect(left).toContain('standbys');
  });

  test.each([
    ['fsync = off', 'fsync'],
    ['full_page_writes = off', 'fsync'],
    ['synchronous_commit = off', 'fsync'],
    ['log_parameter_max_length = -1', 'logged-values'],
    ['log_parameter_max_length_on_error = 64', 'logged-values'],
    ['log_error_verbosity = verbose', 'logged-values'],
    ['password_encryption = md5', 'passwords'],
    ['idle_in_transaction_session_timeout = 0', 'idle-transactions'],
  ])('are missed by doctor where somebody has SET %s', async (setting, id) => {
    await set(`SET ${setting}`);
    const found = await findings();
    await set('RESET ALL');
    expect(found.filter((each) => !LEFT.includes(each))).toStrictEqual([id]);
  });

  test('with a login that lacks a role are found, and with all of them the audit log grows', async () => {
    await root.owner.script('REVOKE hushfield_auditor FROM node');
    expect(await findings()).toContain('roles');
    await root.owner.script('GRANT hushfield_auditor TO node');
    expect(await findings()).not.toContain('roles');
    const sql = openPostgres(server.url('hushfield'));
    const placed = async () => {
      const [row] = await sql.owner.query('SELECT size::integer AS size FROM audit_head');
      return row?.['size'];
    };
    await expect.poll(placed, { timeout: 10_000 }).toBeGreaterThan(0);
    await sql.close();
  });

  test('archive a piece of the log whole or not at all, and once more without complaint', async () => {
    const command = /^archive_command = '(.+)'$/m.exec(kit('postgresql.conf'))?.[1] ?? '';
    const archive = mkdtempSync(join(home, 'wal-'));
    const piece = join(home, 'piece');
    const run = () =>
      spawnSync('sh', [
        '-c',
        command.replaceAll('/backup/wal', archive).replaceAll('%p', piece).replaceAll('%f', '1'),
      ]).status;
    const kept = () =>
      readdirSync(archive).map((name) => readFileSync(join(archive, name), 'utf8'));
    writeFileSync(piece, 'whole');
    // What a crash in the middle has left.
    writeFileSync(join(archive, '1.tmp'), 'wh');
    expect([run(), kept(), run(), kept()]).toStrictEqual([0, ['whole'], 0, ['whole']]);
    writeFileSync(piece, 'other');
    expect([run(), kept()]).toStrictEqual([1, ['whole']]);
  });

  test('archive, and doctor says when that fails', async () => {
    const turn = () =>
      root.owner.query('SELECT pg_switch_wal(), pg_logical_emit_message(false, $1, $1)', ['x']);
    const count = async (what: string) => {
      const [row] = await root.owner.query(`SELECT ${what}::integer AS n FROM pg_stat_archiver`);
      return Number(row?.['n']);
    };
    const PATIENT = { timeout: 20_000, interval: 250 };
    await turn();
    await turn();
    await expect.poll(() => count('archived_count'), PATIENT).toBeGreaterThan(0);
    expect(await findings()).not.toContain('archiving');
    await set("SET archive_command = 'false'");
    await turn();
    await turn();
    await expect.poll(() => count('failed_count'), PATIENT).toBeGreaterThan(0);
    expect(await findings()).toContain('archiving');
    await set("SET archive_command = ''");
    expect(await findings()).toContain('archive');
    await set('RESET ALL');
    await expect.poll(findings, PATIENT).not.toContain('archiving');
  });

  test('let the server’s own user make a backup by its socket, as the page says', async () => {
    const rows = await root.owner.query(
      "SELECT user_name, auth_method FROM pg_hba_file_rules WHERE type = 'local' AND 'replication' = ANY (database)",
    );
    expect(rows).toStrictEqual([{ user_name: ['postgres'], auth_method: 'peer' }]);
  });

  test('with a replica named leave nothing to warn of, unless commits do not wait for it', async () => {
    await set("SET synchronous_standby_names = 'standby1'");
    // But that it is not there.
    expect((await findings()).filter((id) => id.startsWith('standby'))).toStrictEqual([
      'standby-away',
    ]);
    await set('SET synchronous_commit = local');
    expect(await findings()).toContain('standbys');
    await set('RESET ALL');
  });

  test('do not let a second machine serve without a replica, whoever logs in there', async () => {
    const url = deployment.environment['DATABASE_URL'] ?? '';
    const same = openPostgres(url, {}, readConfig(deployment.environment).nodeName);
    const other = openPostgres(url, {}, 'machine-2');
    await same.as('api').query('SELECT');
    expect(await findings()).not.toContain('nodes');
    await other.as('api').query('SELECT');
    // An idle connection stays, so that the machine is seen for as long as it runs.
    await sleep(11_000);
    const found = await findings();
    expect([found.includes('nodes'), found.includes('standbys')]).toStrictEqual([true, false]);
    const { stdout, status } = hushfield(deployment, 'doctor');
    expect([status, stdout]).toStrictEqual([1, expect.stringContaining('More than one machine')]);
    await set("SET synchronous_standby_names = 'standby1'");
    expect(await findings()).not.toContain('nodes');
    await set('RESET ALL');
    await Promise.all([same.close(), other.close()]);
  });

  test('refuse a login without TLS, and one that nobody has named', async () => {
    for (const url of [
      `postgres://node:node@127.0.0.1:${server.port}/hushfield?sslmode=disable`,
      `postgres://node:node@127.0.0.1:${server.port}/postgres?sslmode=no-verify`,
      `postgres://node:wrong@127.0.0.1:${server.port}/hushfield?sslmode=no-verify`,
    ]) {
      const sql = openPostgres(url);
      await expect(sql.owner.query('SELECT')).rejects.toThrow(/pg_hba|password|reject/);
      await sql.close();
    }
  });

  test('keep every value out of the log, which has each statement', async () => {
    const log = () => readFileSync(server.log, 'utf8');
    const cause = async () => {
      const way = { ...node, fieldsOrigin: FIELDS };
      const id = await take(way, merchant.pk, {
        number: CANARY,
        expMonth: 12,
        expYear: 2030,
        cvc: '973',
      });
      const path = `/v1/tokens/${id}`;
      await ask(node.api, merchant.sk, `PATCH ${path}`, { customer: CUSTOMER });
      expect(
        (await ask(node.api, merchant.sk, `POST ${path}/reveal`, { redaction: 'plain' })).body
          .number,
      ).toBe(CANARY);
      // A row that is not taken.
      const sql = openPostgres(server.url('hushfield'));
      await expect(
        sql.owner.query('INSERT INTO tenants (tenant, name, created_at) VALUES ($1, $2, now())', [
          merchant.tenant,
          CUSTOMER,
        ]),
      ).rejects.toThrow('duplicate');
      await sql.close();
      return id;
    };
    const id = await cause();
    await sleep(200);
    const has = (value: string) => log().includes(value);
    // The tenant alone stands in a statement, and not among its values.
    expect(['INSERT INTO attempts', CANARY, CUSTOMER, id].map(has)).toStrictEqual([
      ...[true, false, false, false],
    ]);

    // Without the kit's lines they would be there; a card never, which comes sealed to the database.
    await set('SET log_parameter_max_length = -1');
    await set('SET log_error_verbosity = verbose');
    const loud = await cause();
    await sleep(200);
    await set('RESET ALL');
    expect([loud, CUSTOMER, CANARY].map(has)).toStrictEqual([true, true, false]);
  });
});
