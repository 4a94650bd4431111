import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openPostgres } from '../src/db/postgres.ts';
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
  type Way,
} from '../test/node-process.ts';
import {
  discard,
  HAS_SERVER_TOOLS,
  newData,
  serverFolder,
  type Server,
  startServer,
  tool,
} from '../test/server-tools.ts';

const FIELDS = 'https://fields.vault.example';
const NUMBER = '4242424242424242';
/** As the kit has it. */
const [archiveCommand = ''] =
  /^archive_command = .*$/m.exec(
    readFileSync(join(import.meta.dirname, 'postgresql.conf'), 'utf8'),
  ) ?? [];
const UNLOGGED = ['security_codes', 'code_keys', 'limit_counters'];

/* What apps/docs/backup.md says, done: the same tools with the same options, and nodes that are processes. */
describe.runIf(HAS_SERVER_TOOLS)('a backup', { timeout: 120_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'hushfield-backup-'));
  const archive = serverFolder('archive');
  const made: { folder: string; server: Server | undefined }[] = [];
  const nodes: NodeProcess[] = [];
  let primary: Server;
  let original: Deployment;
  let merchant: Merchant;

  beforeAll(async () => {
    primary = await clusterOf(newData, [
      'wal_level = replica',
      'archive_mode = on',
      archiveCommand.replaceAll('/backup/wal', archive),
    ]);
    await tool('psql', ['-q', '-d', primary.url('postgres'), '-c', 'CREATE DATABASE hushfield']);
    original = deploymentOn(primary, join(home, 'keys'));
    done(original, 'migrate');
    merchant = merchantOf(original);
  }, 120_000);
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.end()));
  });
  afterAll(async () => {
    await Promise.all(made.map(({ folder, server }) => discard(folder, server)));
    for (const folder of [home, archive]) rmSync(folder, { recursive: true, force: true });
  });

  async function clusterOf(
    fill: (folder: string) => Promise<string>,
    settings: readonly string[] = [],
  ) {
    const own: (typeof made)[number] = { folder: serverFolder('cluster'), server: undefined };
    made.push(own);
    own.server = await startServer(await fill(own.folder), settings);
    return own.server;
  }

  function deploymentOn(server: Server, keys: string): Deployment {
    const { fieldsDist, sdkDist } = writeFakeDist(mkdtempSync(join(home, 'dist-')));
    const environment = {
      HUSHFIELD_DATA_DIR: mkdtempSync(join(home, 'data-')),
      KEY_STORE_DIR: keys,
      DATABASE_URL: server.url('hushfield'),
      FIELDS_DIST: fieldsDist,
      SDK_DIST: sdkDist,
      FIELDS_ORIGIN: FIELDS,
      SHOP_ORIGIN: 'https://www.shop.example',
    };
    return { environment };
  }

  const start = async (deployment: Deployment) => {
    const node = await serve(deployment);
    nodes.push(node);
    const way: Way = { ...node, fieldsOrigin: FIELDS };
    const card = (id: string) => ask(node.api, merchant.sk, `POST /v1/tokens/${id}/reveal`, PLAIN);
    const token = (id: string) => ask(node.api, merchant.sk, `GET /v1/tokens/${id}`);
    return { ...node, card, token, take: () => take(way, merchant.pk) };
  };
  const PLAIN = { redaction: 'plain' };
  const opened = { status: 200, body: { number: NUMBER } };

  const countsOn = async (server: Server) => {
    const sql = openPostgres(server.url('hushfield'));
    const counts = UNLOGGED.map(async (table) => {
      const [row] = await sql.owner.query(`SELECT count(*)::int AS n FROM ${table}`);
      return row?.['n'];
    });
    const all = await Promise.all(counts);
    await sql.close();
    return all;
  };

  const promoted = async (server: Server) => {
    const sql = openPostgres(server.url('postgres'));
    const recovering = async () =>
      (await sql.owner.query('SELECT pg_is_in_recovery() AS yes'))[0]?.['yes'] === true;
    for (let tries = 0; tries < 300 && (await recovering()); tries++) await sleep(100);
    await sql.close();
  };

  /** The copy of the key store is taken last, so that it has every key that the database names. */
  async function dumpTo(name: string) {
    const from = ['-d', primary.url('hushfield')];
    const out = serverFolder('dump');
    made.push({ folder: out, server: undefined });
    const [roles, dump, keys] = [join(out, 'roles'), join(out, 'dump'), join(home, `${name}.keys`)];
    await tool('pg_dumpall', [...from, '--roles-only', '--no-role-passwords', '--file', roles]);
    await tool('pg_dump', [...from, '--format=custom', '--no-unlogged-table-data', '--file', dump]);
    cpSync(join(home, 'keys'), keys, { recursive: true });
    return { roles, dump, keys };
  }

  async function restored(backup: { roles: string; dump: string }): Promise<Server> {
    const server = await clusterOf(newData);
    // The role of whoever restores is there already; psql says so and goes on.
    await tool('psql', ['-q', '-d', server.url('postgres'), '-f', backup.roles]);
    const options = ['--create', '--exit-on-error'];
    await tool('pg_restore', ['-d', server.url('postgres'), ...options, backup.dump]);
    return server;
  }

  test('that was dumped while cards came in restores all that were acknowledged before', async () => {
    const node = await start(original);
    const before = [await node.take(), await node.take()];
    let goesOn = true;
    const during: string[] = [];
    const busy = (async () => {
      while (goesOn) during.push(await node.take());
    })();
    const backup = await dumpTo('first');
    goesOn = false;
    await busy;
    const after = await node.take();
    expect(during.length).toBeGreaterThan(0);
    expect(await countsOn(primary)).toStrictEqual([
      before.length + during.length + 1,
      ...[1, expect.any(Number)],
    ]);

    const server = await restored(backup);
    expect(await countsOn(server)).toStrictEqual([0, 0, 0]);
    const again = await start(deploymentOn(server, backup.keys));
    for (const id of before) {
      expect(await again.card(id)).toMatchObject(opened);
      expect((await again.token(id)).body.cvcExpiresAt).toBeNull();
    }
    // What came after the dump began is there whole or not at all.
    const [whole, gone] = [
      [200, 200],
      [404, 404],
    ];
    for (const id of [...during, after]) {
      const both = [(await again.card(id)).status, (await again.token(id)).status];
      expect([whole, gone]).toContainEqual(both);
    }
    expect((await again.card(after)).status).toBe(404);
    expect(await again.card(await again.take())).toMatchObject(opened);
  });

  test('restores no card whose key was destroyed since, says so, and takes cards again after a rotation', async () => {
    const node = await start(original);
    const kept = await node.take();
    const backup = await dumpTo('second');
    expect(done(original, 'keys rotate --what data-keys --keep 0m')).toMatchObject({
      destroyed: 1,
    });
    expect(await node.card(kept)).toMatchObject(opened);

    // The store of today beside the database of then.
    const back = deploymentOn(await restored(backup), join(home, 'keys'));
    const again = await start(back);
    expect((await again.card(kept)).status).toBe(500);
    expect(again.output()).toContain('does not open: its data key was destroyed');
    await expect(again.take()).rejects.toThrow('503');
    const { status, stdout } = hushfield(back, 'keys rotate --what data-keys');
    expect(status).toBe(1);
    expect(stdout).toContain(kept);
    await again.end();
    const next = await start(back);
    expect(await next.card(await next.take())).toMatchObject(opened);
    expect((await next.card(kept)).status).toBe(500);
  });

  test('of files and their log restores to a point in time', async () => {
    const node = await start(original);
    const old = await node.take();
    const base = serverFolder('base');
    made.push({ folder: base, server: undefined });
    const whither = ['-D', join(base, 'data'), '--checkpoint=fast'];
    await tool('pg_basebackup', ['-d', primary.url('postgres'), ...whither]);
    const kept = await node.take();
    const sql = openPostgres(primary.url('hushfield'));
    const [row] = await sql.owner.query('SELECT clock_timestamp()::text AS at');
    const lost = await node.take();
    const [last] = await sql.owner.query('SELECT pg_walfile_name(pg_switch_wal()) AS file');
    await sql.close();
    for (let tries = 0; !existsSync(join(archive, String(last?.['file']))) && tries < 300; tries++)
      await sleep(100);
    const keys = join(home, 'third.keys');
    cpSync(join(home, 'keys'), keys, { recursive: true });

    const server = await clusterOf(
      async (folder) => {
        await tool('cp', ['-a', join(base, 'data'), folder]);
        await tool('touch', [join(folder, 'data', 'recovery.signal')]);
        return join(folder, 'data');
      },
      [
        'archive_mode = off',
        `restore_command = 'cp ${archive}/%f %p'`,
        `recovery_target_time = '${String(row?.['at'])}'`,
        "recovery_target_action = 'promote'",
      ],
    );
    await promoted(server);
    expect(await countsOn(server)).toStrictEqual([0, 0, 0]);
    const again = await start(deploymentOn(server, keys));
    for (const id of [old, kept]) expect(await again.card(id)).toMatchObject(opened);
    expect((await again.card(lost)).status).toBe(404);
    expect(await again.card(await again.take())).toMatchObject(opened);
  });

  test('with a key store from before it is refused, and the key that is lost is named', async () => {
    const early = join(home, 'early.keys');
    cpSync(join(home, 'keys'), early, { recursive: true });
    done(original, 'tenant create --name Later --stop-unproved');
    done(original, 'keys rotate --what session');
    const server = await restored(await dumpTo('fourth'));
    const wrong = deploymentOn(server, early);
    const { status, stderr } = hushfield(wrong, 'serve');
    expect(status).toBe(1);
    expect(stderr).toMatch(/session\.\d+ is missing: it is an older copy/);
    const found = (deployment: Deployment) =>
      JSON.parse(hushfield(deployment, 'doctor').stdout).findings;
    const finding = (level: string) =>
      expect.arrayContaining([expect.objectContaining({ id: 'tenant-keys', level })]);
    expect(found(wrong)).toEqual(finding('unsafe'));
    expect(found(original)).toEqual(finding('ok'));
  });
});
