import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate, migrations } from '../src/db/migrate.ts';
import { buildEarlier, type EarlierVersion, previousCommit } from '../test/earlier-version.ts';
import { emptyDatabase, ENGINES, type TestDatabase } from '../test/engines.ts';
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

const FIELDS = 'https://fields.vault.example';
const NUMBER = '4242424242424242';
const commit = ENGINES.includes('postgres') ? previousCommit() : undefined;

/** Whether a version may start where another one has migrated. */
function mayStart({ sql }: EarlierVersion): boolean {
  const own = migrations(sql).map(({ name }) => name);
  const ahead = migrations().filter(({ name }) => !own.includes(name));
  if (ahead.length === 0) return true;
  // A version of before the rule takes no newer schema at all.
  if (!own.includes('0020_compatible_from.sql')) return false;
  return ahead.every(({ text }) => {
    const from = /^-- compatible-from: (\d{4})$/m.exec(text)?.[1];
    return from !== undefined && from <= (own.at(-1) ?? '').slice(0, 4);
  });
}

/* What apps/docs/upgrade.md says, done with the build of the version before, each node a process of its own. */
describe.runIf(ENGINES.includes('postgres'))('a rolling upgrade', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-upgrade-'));
  const nodes: NodeProcess[] = [];
  let it: TestDatabase;
  let now: Deployment;
  // One for both: of several, an origin counts only when it is proved.
  let merchant: Merchant | undefined;

  beforeAll(async () => {
    it = await emptyDatabase('postgres');
    const { fieldsDist, sdkDist } = writeFakeDist(join(folder, 'dist'));
    const environment = {
      HUSHFIELD_DATA_DIR: join(folder, 'data'),
      DATABASE_URL: it.url ?? '',
      FIELDS_DIST: fieldsDist,
      SDK_DIST: sdkDist,
      FIELDS_ORIGIN: FIELDS,
      SHOP_ORIGIN: 'https://www.shop.example',
    };
    now = { environment };
  }, 60_000);
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.end('SIGKILL')));
    await it.drop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  const start = async (version: Deployment, roles: string) => {
    const node = await serve(version, roles);
    nodes.push(node);
    return node;
  };

  /** A card by the fields of each and the API of each, told of and opened by each. */
  async function across(all: readonly NodeProcess[]): Promise<string[]> {
    const ids: string[] = [];
    for (const { fields } of all)
      for (const { api } of all)
        ids.push(await take({ fields, api, fieldsOrigin: FIELDS }, merchant?.pk ?? ''));
    await open(ids, all);
    return ids;
  }
  async function open(ids: readonly string[], all: readonly NodeProcess[]) {
    for (const { api } of all)
      for (const id of ids) {
        const path = `/v1/tokens/${id}`;
        const [told, shown] = await Promise.all([
          ask(api, merchant?.sk ?? '', `GET ${path}`),
          ask(api, merchant?.sk ?? '', `POST ${path}/reveal`, { redaction: 'plain' }),
        ]);
        expect(told).toMatchObject({ status: 200, body: { id } });
        expect(shown).toMatchObject({ status: 200, body: { number: NUMBER } });
      }
  }

  test.runIf(commit !== undefined)(
    'loses no card on the way there, nor on the way back',
    async () => {
      const version = buildEarlier(commit ?? '', folder);
      const before: Deployment = { ...now, main: version.main };
      done(before, 'migrate');
      merchant = merchantOf(before);
      const old = await start(before, 'api,fields');
      const oldWorker = await start(before, 'worker');
      const first = await across([old]);

      done(now, 'migrate');
      const worker = await start(now, 'worker');
      expect(await oldWorker.end()).toBe(0);
      const next = await start(now, 'api,fields');
      const both = await across([old, next]);
      await open(first, [old, next]);
      expect(await old.end()).toBe(0);
      const last = await across([next]);

      if (mayStart(version)) {
        const back = await start(before, 'api,fields');
        await across([next, back]);
        expect(await next.end()).toBe(0);
        const backWorker = await start(before, 'worker');
        expect(await worker.end()).toBe(0);
        await open([...first, ...both, ...last, ...(await across([back]))], [back]);
        await Promise.all([back.end(), backWorker.end()]);
      } else {
        await expect(start(before, 'api,fields')).rejects.toThrow('newer than this vault');
        await open([...first, ...both, ...last], [next]);
        await Promise.all([next.end(), worker.end()]);
      }
    },
  );

  test('lets this version start where a newer one that takes it has migrated, and says so', async () => {
    done(now, 'migrate');
    merchant ??= merchantOf(now);
    const newest = (migrations().at(-1)?.name ?? '').slice(0, 4);
    const text = `-- compatible-from: ${newest}
      ALTER TABLE tokens ADD COLUMN later text; CREATE TABLE later ();`;
    await migrate(it.sql.owner, [...migrations(), { name: '9999_next.sql', text }]);
    const node = await start(now, 'api,fields,worker');
    await across([node]);
    const { stdout } = hushfield(now, 'doctor');
    expect(JSON.parse(stdout).findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'version', level: 'warning' }),
        expect.objectContaining({ id: 'schema', level: 'ok' }),
      ]),
    );
    expect(await node.end()).toBe(0);
  });
});
