import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { type InsertJob, type InsertSettings, WRITTEN } from '../workers/written.ts';
import { type Pace, startWorker, type Worker } from '../workers/jobs.ts';
import { createDatabase, openPool } from '../stage/postgres.ts';
import type { PostJob } from '../workers/post-worker.ts';
import { machine } from '../report.ts';
import { Resources } from '../resources.ts';
import type { Family, Row } from '../row.ts';
import type { Place } from '../workers/sealed.ts';
import { median } from '../stats.ts';
import { startVault, type Vault } from '../stage/vault.ts';

const PORTS = [60, 70] as const;
const CONNECTIONS = [8, 32] as const;
const COUNT = 1_500;
const WARM_UP = 1_500;
const ROUNDS = 5;

type Poster = Worker<PostJob, Pace>;
type Inserter = Worker<InsertJob, Pace>;
type Leg = { readonly floor: Pace[]; readonly ours: Pace[] };

const worker = (file: string) => join(import.meta.dirname, '../workers', file);

/** How many connections the vault keeps to its database, seen while it is busy or just was. */
async function vaultConnections(databaseUrl: string): Promise<number> {
  const pool = openPool(databaseUrl, 1);
  const { rows } = await pool.query({
    text: 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    values: [],
  });
  await pool.end();
  return Math.max(1, Number(rows[0]?.['n']));
}

/** @throws Error when a tokenization writes rows that the floor does not. */
async function assertAllCopied(databaseUrl: string): Promise<void> {
  const pool = openPool(databaseUrl, 1);
  const { rows } = await pool.query({
    text: 'SELECT relname FROM pg_stat_user_tables WHERE n_tup_ins > $1',
    values: [COUNT],
  });
  await pool.end();
  const known: ReadonlySet<string> = new Set(WRITTEN);
  const stranger = rows.map(({ relname }) => String(relname)).find((name) => !known.has(name));
  if (stranger !== undefined) throw new Error(`the floor leaves out rows of ${stranger}`);
}

async function post(poster: Poster, count: number, connections: number, ports: readonly number[]) {
  await poster.ask({ do: 'seal', count });
  return poster.ask({ do: 'post', count, connections, ports });
}

/** Floor and vault in turn, each alone with the database. */
async function legs(bench: Bench, inserter: Inserter, poster: Poster, port: number) {
  const found = new Map<number, Leg>(
    CONNECTIONS.map((connections) => [connections, { floor: [], ours: [] }]),
  );
  for (let round = 0; round < bench.repeat(ROUNDS); round += 1) {
    for (const [connections, leg] of found) {
      leg.floor.push(await inserter.ask({ count: COUNT, connections }));
      leg.ours.push(await post(poster, COUNT, connections, [port]));
    }
  }
  return found;
}

const rate = (paces: readonly Pace[]) => median(paces.map(({ perSecond }) => perSecond));

function row(connections: number, { floor, ours }: Leg): Row {
  const p99 = median(ours.map((pace) => pace.p99)).toFixed(1);
  const driver = median(ours.map((pace) => pace.cpu)).toFixed(2);
  return {
    name: `tokenize at the vault, ${connections} connections`,
    unit: '/s',
    floor: rate(floor),
    ours: rate(ours),
    judge: 'ratio',
    budget: { min: 0.7 },
    notes: [`p99 ${p99} ms; the driver beside it took ${driver} ms of CPU a request`],
    detail: { floor, ours },
  };
}

/** A second process of the same vault: same database, same keys, same origins. */
async function secondVault(resources: Resources, place: Site, first: Vault): Promise<Vault> {
  const environment = {
    SHOP_ORIGIN: place.shop,
    FIELDS_ORIGIN: first.fields,
    API_ORIGIN: first.api,
  };
  const { databaseUrl, portBase } = place;
  return startVault(resources, {
    portBase: portBase + PORTS[1] - PORTS[0],
    databaseUrl,
    dataDir: first.dataDir,
    environment,
  });
}

type Site = { readonly portBase: number; readonly databaseUrl: string; readonly shop: string };

async function twoProcesses(bench: Bench, poster: Poster, ports: readonly number[], floor: number) {
  await post(poster, WARM_UP, 32, ports);
  const ours: Pace[] = [];
  for (let round = 0; round < bench.repeat(3); round += 1) {
    ours.push(await post(poster, COUNT, 32, ports));
  }
  const { cores } = machine();
  return {
    name: 'the same, two processes, 32 connections',
    unit: '/s',
    floor,
    ours: rate(ours),
    judge: 'ratio',
    notes: [`${cores} cores for two vaults, PostgreSQL and the driver: not gated`],
    detail: { ours },
  } satisfies Row;
}

async function measureWith(bench: Bench, resources: Resources): Promise<readonly Row[]> {
  const databaseUrl = await createDatabase(bench.databaseUrl, 'hushfield_bench_rate');
  const portBase = bench.portBase + PORTS[0];
  const site = { portBase, databaseUrl, shop: `http://localhost:${portBase}` };
  const vault = await startVault(resources, site);
  const place: Place = { ...vault, shop: site.shop };
  const poster: Poster = startWorker(resources, worker('post-worker.ts'), place);
  await post(poster, WARM_UP, 32, [vault.apiPort]);
  const connections = await vaultConnections(databaseUrl);
  const settings: InsertSettings = { databaseUrl, connections };
  const inserter: Inserter = startWorker(resources, worker('insert-worker.ts'), settings);
  await inserter.ask({ count: WARM_UP, connections: 32 });
  const found = await legs(bench, inserter, poster, vault.apiPort);
  const rows = [...found].map(([connections, leg]) => row(connections, leg));
  await inserter.end();
  const second = await secondVault(resources, site, vault);
  const both = [vault.apiPort, second.apiPort];
  const together = await twoProcesses(bench, poster, both, rows.at(-1)?.floor ?? Number.NaN);
  await assertAllCopied(databaseUrl);
  return [...rows, together];
}

async function measure(bench: Bench): Promise<readonly Row[]> {
  // Its own, so that nothing of it is left when the next rows are measured.
  const resources = new Resources();
  bench.resources.add(() => resources.close());
  try {
    return await measureWith(bench, resources);
  } finally {
    await resources.close();
  }
}

export const throughput: Family<Bench> = { name: 'throughput', measure };
