import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { Resources } from '../resources.ts';
import { type Pace, startWorker, type Worker } from '../workers/jobs.ts';
import type { PostJob } from '../workers/post-worker.ts';
import type { Place } from '../workers/sealed.ts';
import { type Act, type FloorJob, type FloorSettings, WRITTEN } from '../workers/written.ts';
import { createDatabase, openPool } from './postgres.ts';
import { revealingKey } from './revealing-key.ts';
import { cpuOf, startVault, type Vault } from './vault.ts';

const PORTS = { postgres: 60, embedded: 80 } as const;
const SECOND_PORTS = 10;
const WARM_UP = 2_000;

export type EngineName = keyof typeof PORTS;
/** How the vault did, with the CPU it took itself for one request. */
export type VaultPace = Pace & { readonly vaultCpu: number };

/** One vault on a database of its own, a process that asks it, and one that is the floor. */
export type RateStage = {
  ours(act: Act, count: number, connections: number): Promise<VaultPace>;
  /** Ends an embedded vault first: two processes in one folder corrupt it. */
  floor(act: Act, count: number, connections: number): Promise<Pace>;
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

/** A vault that has been started before, so that the operator's key is in its database. */
async function openVault(resources: Resources, portBase: number, databaseUrl: string | undefined) {
  const once = await startVault(resources, { portBase, databaseUrl });
  await once.stop();
  const place = { portBase, databaseUrl, dataDir: once.dataDir };
  const key = revealingKey(place);
  return { vault: await startVault(resources, place), key };
}

type Askers = {
  readonly vaults: Vault[];
  readonly key: string;
  readonly poster: Worker<PostJob, Pace>;
};

async function asked(
  { vaults, key, poster }: Askers,
  act: Act,
  load: { count: number; connections: number },
): Promise<VaultPace> {
  if (act === 'tokenize') await poster.ask({ do: 'seal', count: load.count });
  const ports = vaults.map((one) => one.apiPort);
  const cpu = () => vaults.reduce((sum, { pid }) => sum + (cpuOf(pid) ?? Number.NaN), 0);
  const before = cpu();
  const job: PostJob =
    act === 'tokenize' ? { do: 'post', ...load, ports } : { do: act, key, ...load, ports };
  const pace = await poster.ask(job);
  return { ...pace, vaultCpu: (cpu() - before) / load.count };
}

export async function openRateStage(
  bench: Bench,
  resources: Resources,
  engine: EngineName = 'postgres',
): Promise<RateStage> {
  const isServer = engine === 'postgres';
  const databaseUrl = isServer
    ? await createDatabase(bench.databaseUrl, 'hushfield_bench_rate')
    : undefined;
  const portBase = bench.portBase + PORTS[engine];
  const shop = `http://localhost:${portBase}`;
  const { vault, key } = await openVault(resources, portBase, databaseUrl);
  const place: Place = { fields: vault.fields, api: vault.api, pk: vault.pk, shop };
  const poster: Worker<PostJob, Pace> = startWorker(resources, worker('post-worker.ts'), place);
  const askers: Askers = { vaults: [vault], key, poster };
  await asked(askers, 'tokenize', { count: WARM_UP, connections: 32 });

  let floors: Promise<Worker<FloorJob, Pace>> | undefined;
  const openFloor = async () => {
    if (databaseUrl === undefined) await vault.stop();
    const settings: FloorSettings =
      databaseUrl === undefined
        ? { folder: vault.dataDir }
        : { databaseUrl, connections: await vaultConnections(databaseUrl) };
    const floor: Worker<FloorJob, Pace> = startWorker(
      resources,
      worker('floor-worker.ts'),
      settings,
    );
    await floor.ask({ act: 'tokenize', count: WARM_UP, connections: 32 });
    return floor;
  };
  return {
    ours: (act, count, connections) => asked(askers, act, { count, connections }),
    async floor(act, count, connections) {
      floors ??= openFloor();
      return (await floors).ask({ act, count, connections });
    },
    async addSecondVault() {
      const { dataDir, fields, api } = vault;
      const environment = { SHOP_ORIGIN: shop, FIELDS_ORIGIN: fields, API_ORIGIN: api };
      const node = { portBase: portBase + SECOND_PORTS, databaseUrl, dataDir, environment };
      askers.vaults.push(await startVault(resources, node));
      await asked(askers, 'tokenize', { count: WARM_UP, connections: 32 });
    },
    assertAllCopied: () => assertAllCopied(databaseUrl ?? ''),
  };
}
