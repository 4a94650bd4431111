import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BARE } from '../../test/bare-environment.ts';
import { emptyDatabase, ENGINES, type TestDatabase } from '../../test/engines.ts';
import { writeFakeDist } from '../../test/fake-dist.ts';
import { freeBase } from '../../test/free-base.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030, expiresAt: null };

type Answer = { readonly status: number; readonly connection: string; readonly id: string };

describe.runIf(ENGINES.includes('postgres'))('a process that is told to end', () => {
  let folder: string;
  let database: TestDatabase;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-drain-'));
    database = await emptyDatabase('postgres');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const isReady = async (said: string, _operate: number) => said.includes('vault ready');
  /** It lives, and starts. */
  const isAlive = (_said: string, operate: number) =>
    fetch(`http://127.0.0.1:${operate}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );

  /** A whole vault as a process of its own, on a database that takes its time for every token. */
  async function vault(drainSeconds: number, isThere = isReady) {
    const base = await freeBase();
    const { fieldsDist, sdkDist } = writeFakeDist(join(folder, 'dist'));
    const env = {
      ...BARE,
      HUSHFIELD_DATA_DIR: join(folder, 'data'),
      DATABASE_URL: database.url,
      FIELDS_DIST: fieldsDist,
      SDK_DIST: sdkDist,
      PORT_BASE: String(base),
      DRAIN_SECONDS: String(drainSeconds),
    };
    const child = spawn(process.execPath, [MAIN], { env });
    children.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => (said += String(data)));
    const ended = once(child, 'exit').then(([code]): unknown => code);
    while (!(await isThere(said, base + 4))) {
      if (child.exitCode !== null) throw new Error(said);
      await sleep(25);
    }
    const key = / sk=(\S+)/.exec(said)?.[1] ?? '';
    return { child, key, api: base + 2, operate: base + 4, ended, said: () => said };
  }
  type Node = Awaited<ReturnType<typeof vault>>;

  const ready = async ({ operate }: Node) =>
    fetch(`http://127.0.0.1:${operate}/readyz`).then(
      async (answer) => [answer.status, await answer.json()] as const,
      () => [0, {}] as const,
    );

  /** Imports a card; the token it was told of. */
  const make = ({ api, key }: Node, agent: Agent) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const place = { host: '127.0.0.1', port: api, method: 'POST', path: '/v1/tokens' };
      const asked = request({ ...place, agent, headers }, (answer) => {
        let text = '';
        answer.on('data', (data) => (text += String(data)));
        answer.on('end', () => {
          const { id = '' } = JSON.parse(text);
          resolve({
            status: answer.statusCode ?? 0,
            connection: answer.headers.connection ?? '',
            id,
          });
        });
      });
      asked.on('error', reject);
      asked.end(JSON.stringify(CARD));
    });

  /** Every token takes so long. */
  const slow = (seconds: number) =>
    database.sql.owner.script(`
      CREATE OR REPLACE FUNCTION public.slowly() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END $$;
      DROP TRIGGER IF EXISTS slowly ON tokens;
      CREATE TRIGGER slowly BEFORE INSERT ON tokens FOR EACH ROW EXECUTE FUNCTION public.slowly()`);
  const isKept = async (ids: readonly string[]) => {
    const rows = await database.sql.owner.query('SELECT token_id FROM tokens');
    const kept = new Set(rows.map((row) => row['token_id']));
    return ids.filter((id) => !kept.has(id));
  };

  test('answers all that is under way, and lets every connection go', async () => {
    const node = await vault(0);
    await slow(0.7);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const made = Array.from({ length: 8 }, () => make(node, agent));
    await sleep(300);
    node.child.kill('SIGTERM');
    const answers = await Promise.all(made);
    expect(answers.map(({ status, connection }) => `${status} ${connection}`)).toStrictEqual(
      Array(8).fill('201 close'),
    );
    expect(await isKept(answers.map(({ id }) => id))).toStrictEqual([]);
    expect(await node.ended).toBe(0);
    await slow(0);
  }, 60_000);

  test('is not ready at once, goes on serving for a while, and loses nothing of a busy client', async () => {
    const node = await vault(2);
    expect((await ready(node))[0]).toBe(200);
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const answers: Answer[] = [];
    let isOut = false;
    // As a load balancer does: asks whether it is ready, and until then sends it what there is.
    const client = async () => {
      while (!isOut) answers.push(await make(node, agent));
    };
    const clients = Array.from({ length: 4 }, client);
    await sleep(300);
    node.child.kill('SIGTERM');
    await sleep(150);
    expect(await ready(node)).toStrictEqual([
      503,
      { ok: false, checks: { 'not-draining': 'failing' } },
    ]);
    const before = answers.length;
    await sleep(800);
    expect(answers.length).toBeGreaterThan(before);
    expect(answers.slice(-4).map(({ connection }) => connection)).toStrictEqual(
      Array(4).fill('close'),
    );
    isOut = true;
    await Promise.all(clients);
    expect(new Set(answers.map(({ status }) => status))).toStrictEqual(new Set([201]));
    expect(await isKept(answers.map(({ id }) => id))).toStrictEqual([]);
    expect(await node.ended).toBe(0);
    expect(node.said()).toContain('not ready: it is ending');
  }, 60_000);

  test('ends the while at a second signal, and answers what is under way all the same', async () => {
    const node = await vault(60);
    await slow(0.5);
    node.child.kill('SIGTERM');
    await sleep(200);
    const made = make(node, new Agent());
    await sleep(100);
    node.child.kill('SIGTERM');
    const started = performance.now();
    const { status, id } = await made;
    expect(status).toBe(201);
    expect(await isKept([id])).toStrictEqual([]);
    expect(await node.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(10_000);
    await slow(0);
  }, 60_000);

  test('waits for nobody who holds a connection and says nothing', async () => {
    const node = await vault(0);
    const idle = connect(node.api, '127.0.0.1');
    await once(idle, 'connect');
    const closed = once(idle, 'close');
    node.child.kill('SIGTERM');
    const started = performance.now();
    expect(await node.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(8_000);
    await closed;
  }, 60_000);

  test('comes to the end of its start first when it is told while it starts', async () => {
    const node = await vault(0, isAlive);
    expect(node.said()).not.toContain('vault ready');
    node.child.kill('SIGTERM');
    expect(await node.ended).toBe(0);
  }, 60_000);
});
