import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { Resources } from '../resources.ts';
import type { Family, Row } from '../row.ts';
import { residentBytes, startApiNode } from '../stage/api-node.ts';
import { createDatabase } from '../stage/postgres.ts';
import { startVault } from '../stage/vault.ts';
import type { Pace } from '../workers/jobs.ts';
import { startWorker, type Worker } from '../workers/jobs.ts';
import type { PostJob } from '../workers/post-worker.ts';

const PORTS = 100;
const NODE_PORTS = 10;
/** Long enough for what a start leaves behind to be collected. */
const IDLE_MS = 20_000;
const LOOK_MS = 100;
const POSTS = 2_000;
const ROUNDS = 5;
const MB = 1e6;

/** The most that was seen while `work` went on. */
async function most(pid: number, work: Promise<unknown>): Promise<number> {
  let bytes = 0;
  let over = false;
  void work.finally(() => (over = true)).catch(() => {});
  while (!over) {
    bytes = Math.max(bytes, residentBytes(pid));
    await pause(LOOK_MS);
  }
  await work;
  return bytes;
}

const row = (name: string, bytes: number, max: number): Row => ({
  name,
  unit: 'MB',
  ours: bytes / MB,
  judge: 'ours',
  budget: { max },
});

async function measure(bench: Bench): Promise<readonly Row[]> {
  const resources = new Resources();
  bench.resources.add(() => resources.close());
  try {
    const databaseUrl = await createDatabase(bench.databaseUrl, 'hushfield_bench_memory');
    const portBase = bench.portBase + PORTS;
    const shop = `http://localhost:${portBase}`;
    const { fields, api, pk, dataDir } = await startVault(resources, { portBase, databaseUrl });
    const environment = { SHOP_ORIGIN: shop, FIELDS_ORIGIN: fields, API_ORIGIN: api };
    const place = { portBase: portBase + NODE_PORTS, databaseUrl, dataDir, environment };
    const node = await startApiNode(resources, place);
    await pause(IDLE_MS);
    const idle = residentBytes(node.pid);

    const file = new URL('../workers/post-worker.ts', import.meta.url).pathname;
    const poster: Worker<PostJob, Pace> = startWorker(resources, file, { fields, api, pk, shop });
    const load = { count: POSTS, connections: 32, ports: [node.port] };
    const busy: number[] = [];
    for (let round = 0; round < bench.repeat(ROUNDS); round += 1) {
      await poster.ask({ do: 'seal', count: POSTS });
      busy.push(await most(node.pid, poster.ask({ do: 'post', ...load })));
    }
    return [
      row('API process on PostgreSQL, idle', idle, 120),
      row('the same, the most under load of 32 clients', Math.max(...busy), 250),
    ];
  } finally {
    await resources.close();
  }
}

export const memory: Family<Bench> = { name: 'memory', measure };
