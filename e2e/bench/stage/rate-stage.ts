import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { Resources } from '../resources.ts';
import { type Pace, startWorker, type Worker } from '../workers/jobs.ts';
import type { PostJob } from '../workers/post-worker.ts';
import type { Place } from '../workers/sealed.ts';
import { type InsertJob, type InsertSettings, WRITTEN } from '../workers/written.ts';
import { createDatabase, openPool } from './postgres.ts';
import { cpuOf, startVault, type Vault } from './vault.ts';

const PORTS = 60;
const SECOND_PORTS = 10;
const WARM_UP = 2_000;

/** How the vault did, with the CPU it took itself for one request. */
export type VaultPace = Pace & { readonly vaultCpu: number };

/** One vault on a database of its own, a process that posts to it, and one that is the floor. */
export type RateStage = {
  insert(count: number, connections: number): Promise<Pace>;
  post(count: number, connections: number): Promise<VaultPace>;
  /** From here on, requests go to two processes of the vault in turn. */
  addSecondVault(): Promise<void>;
  assertAllCopied(): Promise<void>;
};

async function ask(databaseUrl: string, text: string, values: unknown[]) {
  const pool = openPool(databaseUrl, 1);
  try {
    return (await pool.query({ text, values })).rows;
  } finally {
    await pool.end();
  }
}

/** How many connections the vault keeps to its database. */
async function vaultConnections(databaseUrl: string): Promise<number> {
  const text =
    'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
  const [row] = await ask(databaseUrl, text, []);
  return Math.max(1, Number(row?.['n']));
}

/** @throws Error when a tokenization writes rows that the floor does not. */
async function assertAllCopied(databaseUrl: string): Promise<void> {
  // A partition counts for the table that it is a part of.
  const text = `
    SELECT coalesce(inhparent, relid)::regclass::text AS relname
    FROM pg_stat_user_tables LEFT JOIN pg_inherits ON inhrelid = relid
    GROUP BY 1 HAVING sum(n_tup_ins) > $1`;
  const rows = await ask(databaseUrl, text, [WARM_UP / 2]);
  const known: ReadonlySet<string> = new Set(WRITTEN);
  const stranger = rows.map(({ relname }) => String(relname)).find((name) => !known.has(name));
  if (stranger !== undefined) throw new Error(`the floor leaves out rows of ${stranger}`);
}

const worker = (file: string) => join(import.meta.dirname, '../workers', file);

async function posted(
  poster: Worker<PostJob, Pace>,
  vaults: readonly Vault[],
  job: { count: number; connections: number },
): Promise<VaultPace> {
  await poster.ask({ do: 'seal', count: job.count });
  const cpu = () => vaults.reduce((sum, { pid }) => sum + (cpuOf(pid) ?? Number.NaN), 0);
  const before = cpu();
  const pace = await poster.ask({ do: 'post', ...job, ports: vaults.map((one) => one.apiPort) });
  return { ...pace, vaultCpu: (cpu() - before) / job.count };
}

export async function openRateStage(bench: Bench, resources: Resources): Promise<RateStage> {
  const databaseUrl = await createDatabase(bench.databaseUrl, 'hushfield_bench_rate');
  const portBase = bench.portBase + PORTS;
  const shop = `http://localhost:${portBase}`;
  const first = await startVault(resources, { portBase, databaseUrl });
  const place: Place = { fields: first.fields, api: first.api, pk: first.pk, shop };
  const poster: Worker<PostJob, Pace> = startWorker(resources, worker('post-worker.ts'), place);
  const vaults = [first];
  await posted(poster, vaults, { count: WARM_UP, connections: 32 });

  const connections = await vaultConnections(databaseUrl);
  const settings: InsertSettings = { databaseUrl, connections };
  const inserter: Worker<InsertJob, Pace> = startWorker(
    resources,
    worker('insert-worker.ts'),
    settings,
  );
  await inserter.ask({ count: WARM_UP, connections: 32 });
  return {
    insert: (count, connections) => inserter.ask({ count, connections }),
    post: (count, connections) => posted(poster, vaults, { count, connections }),
    async addSecondVault() {
      const { dataDir, fields, api } = first;
      const environment = { SHOP_ORIGIN: shop, FIELDS_ORIGIN: fields, API_ORIGIN: api };
      const node = { portBase: portBase + SECOND_PORTS, databaseUrl, dataDir, environment };
      vaults.push(await startVault(resources, node));
      await posted(poster, vaults, { count: WARM_UP, connections: 32 });
    },
    assertAllCopied: () => assertAllCopied(databaseUrl),
  };
}
