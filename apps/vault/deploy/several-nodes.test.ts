import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDatabase, ENGINES, type TestDatabase } from '../test/engines.ts';
import { writeFakeDist } from '../test/fake-dist.ts';
import {
  ask,
  type Deployment,
  done,
  type Merchant,
  merchantOf,
  type NodeProcess,
  serve,
  SHOP,
  take,
  trade,
  type Way,
} from '../test/node-process.ts';

const FIELDS = 'https://fields.vault.example';
const HOUR = 3_600_000;
const LIMIT = 30;
const BLOCK = 3;
/** How soon every node knows that a key is no good any more. */
const SOON_MS = 1_000;
const EXPIRED = 1_200;
/** A publishable key that is over its limit takes cards with a session alone. */
const REFUSED = 'Error: answered 401:';

/* Three APIs, two for fields and two workers, each a process with a memory of its own, on one database and store. */
describe.runIf(ENGINES.includes('postgres'))('several nodes', { timeout: 120_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'hushfield-several-'));
  let it: TestDatabase;
  let deployment: Deployment;
  let merchant: Merchant;
  let apis: NodeProcess[] = [];
  let frames: NodeProcess[] = [];
  let workers: NodeProcess[] = [];

  beforeAll(async () => {
    it = await emptyDatabase('postgres');
    const { fieldsDist, sdkDist } = writeFakeDist(join(home, 'dist'));
    const environment = {
      HUSHFIELD_DATA_DIR: join(home, 'data'),
      DATABASE_URL: it.url ?? '',
      FIELDS_DIST: fieldsDist,
      SDK_DIST: sdkDist,
      FIELDS_ORIGIN: FIELDS,
      SHOP_ORIGIN: SHOP,
      LIMIT_TOKENIZE_PER_KEY: `${LIMIT}/h`,
    };
    deployment = { environment };
    done(deployment, 'migrate');
    merchant = merchantOf(deployment);
    const several = (count: number, role: string) =>
      Promise.all(Array.from({ length: count }, () => serve(deployment, role)));
    workers = await several(2, 'worker');
    apis = await several(3, 'api');
    frames = await several(2, 'fields');
  }, 120_000);
  afterAll(async () => {
    await Promise.all([...apis, ...frames, ...workers].map((node) => node.end('SIGKILL')));
    await it.drop();
    rmSync(home, { recursive: true, force: true });
  }, 30_000);

  const ways = (): Way[] =>
    frames.flatMap(({ fields }) => apis.map(({ api }) => ({ fields, api, fieldsOrigin: FIELDS })));
  const newKey = (line: string) => {
    const key = String(done(deployment, `key create --tenant ${merchant.tenant} ${line}`)['key']);
    return { key, id: key.slice('pk_test_'.length, 'pk_test_'.length + 8) };
  };
  const statuses = (sk: string, ids: readonly string[]) =>
    Promise.all(
      apis.flatMap(({ api }) =>
        ids.map(async (id) => {
          const body = { redaction: 'plain' };
          return (await ask(api, sk, `POST /v1/tokens/${id}/reveal`, body)).status;
        }),
      ),
    );
  const count = async (text: string) => Number((await it.sql.owner.query(text))[0]?.['n']);

  test('take a card from any frame at any API, and open it at each other', async () => {
    const ids = await Promise.all(ways().map((way) => take(way, merchant.pk)));
    expect(ids).toHaveLength(6);
    expect(new Set(await statuses(merchant.sk, ids))).toStrictEqual(new Set([200]));
  });

  test('know within a second that a key is revoked, secret or publishable', async () => {
    const secret = newKey('--kind rk --scope tokens:read');
    const publishable = newKey(`--kind pk --origin ${SHOP}`);
    const told = () =>
      Promise.all([
        ...apis.map(
          async ({ api }) => (await ask(api, secret.key, 'GET /v1/tokens?customer=c')).status,
        ),
        ...frames.map(async ({ fields }) => {
          const url = `${fields}/f1/${publishable.key}/controller`;
          return (await fetch(url, { headers: { 'sec-fetch-dest': 'iframe' } })).status;
        }),
      ]);
    expect(await told()).toStrictEqual([200, 200, 200, 200, 200]);
    for (const { id } of [secret, publishable]) done(deployment, `key revoke --key ${id}`);
    await sleep(SOON_MS);
    expect(await told()).toStrictEqual([401, 401, 401, 404, 404]);
  });

  test('give out one limit together, and a block more for each node but one', async () => {
    const { key } = newKey(`--kind pk --origin ${SHOP}`);
    const outcomes: string[] = [];
    for (let round = 0; round < 4; round++)
      for (const way of [...ways(), ...ways()])
        outcomes.push(
          await trade(way, key).then(
            ({ ok }) => `${ok}`,
            (error) => `${error}`.slice(0, REFUSED.length),
          ),
        );
    const taken = outcomes.filter((outcome) => outcome === 'true').length;
    expect(outcomes.length).toBeGreaterThan(LIMIT + BLOCK * (apis.length - 1));
    expect(taken).toBeGreaterThanOrEqual(LIMIT);
    expect(taken).toBeLessThanOrEqual(LIMIT + BLOCK * (apis.length - 1));
    expect(new Set(outcomes)).toStrictEqual(new Set(['true', REFUSED]));
  });

  test('go on through a rotation of data keys, and each opens what it has sealed anew', async () => {
    const { key } = newKey(`--kind pk --origin ${SHOP}`);
    const ids: string[] = [];
    const traffic = (async () => {
      for (const way of [...ways(), ...ways()]) ids.push(await take(way, key));
    })();
    done(deployment, `keys rotate --what data-keys --tenant ${merchant.tenant}`);
    await traffic;
    done(deployment, `keys rotate --what data-keys --tenant ${merchant.tenant}`);
    expect(ids).toHaveLength(12);
    expect(new Set(await statuses(merchant.sk, ids))).toStrictEqual(new Set([200]));
    expect(await count('SELECT count(DISTINCT data_key_id) AS n FROM cards')).toBe(1);
  });

  test('seal to another receive key a second after the one before was destroyed', async () => {
    const { key } = newKey(`--kind pk --origin ${SHOP}`);
    done(deployment, 'keys rotate --what receive --now');
    await sleep(SOON_MS);
    const ids = await Promise.all(ways().map((way) => take(way, key)));
    expect(new Set(await statuses(merchant.sk, ids))).toStrictEqual(new Set([200]));
  });

  test('of which three are workers at once do nothing twice, and lose nothing', async () => {
    await Promise.all(workers.map((worker) => worker.end()));
    await it.sql.owner.script(`
      INSERT INTO tokens (tenant, token_id, mode, brand, networks, last4, exp_month, exp_year, cvc_collected,
          fingerprint, created_at, expires_at)
        SELECT '${merchant.tenant}', 'due' || n, 'test', 'visa', '{visa}', '4242', 12, 2030, false, 'fp', now(), now()
        FROM generate_series(1, ${EXPIRED}) n;
      INSERT INTO cards SELECT '${merchant.tenant}', 'due' || n, '\\x00', 'k', 1 FROM generate_series(1, ${EXPIRED}) n`);
    done(deployment, 'keys rotate --what session');
    const lists: number[] = [];
    for (const hours of [0, 5, 18, 19, 25, 43, 49]) {
      await roundsAt(hours * HOUR);
      lists.push(await count('SELECT count(*) AS n FROM manifests'));
      const windows = receiveWindows();
      expect(new Set(windows).size).toBe(windows.length);
    }
    expect(await count(`SELECT count(*) AS n FROM tokens WHERE token_id LIKE 'due%'`)).toBe(0);
    expect(await count(`SELECT count(*) AS n FROM cards WHERE token_id LIKE 'due%'`)).toBe(0);
    const entries = `FROM audit_entries WHERE action = 'token.expire' AND resource LIKE 'due%'`;
    expect(await count(`SELECT count(*) AS n ${entries}`)).toBe(EXPIRED);
    expect(await count(`SELECT count(DISTINCT resource) AS n ${entries}`)).toBe(EXPIRED);
    // However many were at work, a change is published once.
    for (const [index, now] of lists.slice(1).entries())
      expect(now - (lists[index] ?? 0)).toBeLessThanOrEqual(1);
    expect(await count('SELECT count(*) - count(DISTINCT seq) AS n FROM manifests')).toBe(0);
    // The session key of before is destroyed, and the one of now is there.
    expect(
      readdirSync(join(home, 'data/keys')).filter((name) => name.startsWith('session')),
    ).toHaveLength(1);
  });

  /** Three workers that start at the same moment, at a time to come; each does what is due before it serves. */
  async function roundsAt(shiftMs: number) {
    const shift = `const n=Date.now;Date.now=()=>n()+${shiftMs}`;
    const options = `--import=data:text/javascript,${encodeURIComponent(shift)}`;
    const environment = { ...deployment.environment, NODE_OPTIONS: options };
    const three = await Promise.all([1, 2, 3].map(() => serve({ environment }, 'worker')));
    expect(await Promise.all(three.map((worker) => worker.end()))).toStrictEqual([0, 0, 0]);
    expect(three.map((worker) => worker.output()).join('')).not.toContain('worker round failed');
  }

  /** When each receive key that is there begins. */
  function receiveWindows(): string[] {
    return readdirSync(join(home, 'data/keys/receive')).map((name) => name.split('.')[0] ?? '');
  }
});
