import type { Bench } from '../bench.ts';
import { Resources } from '../resources.ts';
import type { Family, Row } from '../row.ts';
import { createDatabase } from '../stage/postgres.ts';
import { startVault } from '../stage/vault.ts';
import { median } from '../stats.ts';
import { startWorker, type Worker } from '../workers/jobs.ts';
import type { Steady, SteadyJob } from '../workers/steady-worker.ts';

const PORTS = 120;
const SHOPPERS = 40;
const TIMES_AS_MUCH = 5;
const SECONDS = 15;
const ROUNDS = 3;

type Crowd = Worker<SteadyJob, Steady>;
type Round = { readonly alone: Steady; readonly amid: Steady; readonly garbage: Steady };

async function round(shoppers: Crowd, others: Crowd): Promise<Round> {
  const honest = { do: 'honest', count: SHOPPERS * SECONDS, perSecond: SHOPPERS } as const;
  const perSecond = SHOPPERS * TIMES_AS_MUCH;
  const alone = await shoppers.ask(honest);
  const flood = others.ask({ do: 'garbage', count: perSecond * SECONDS, perSecond });
  const amid = await shoppers.ask(honest);
  return { alone, amid, garbage: await flood };
}

/** Shoppers pay while five times as much arrives that is no card at all. */
async function measure(bench: Bench): Promise<readonly Row[]> {
  const resources = new Resources();
  bench.resources.add(() => resources.close());
  try {
    const databaseUrl = await createDatabase(bench.databaseUrl, 'hushfield_bench_garbage');
    const portBase = bench.portBase + PORTS;
    const { fields, api, pk } = await startVault(resources, { portBase, databaseUrl });
    const place = { fields, api, pk, shop: `http://localhost:${portBase}` };
    const file = new URL('../workers/steady-worker.ts', import.meta.url).pathname;
    const [shoppers, others] = [0, 1].map((): Crowd => startWorker(resources, file, place));
    if (shoppers === undefined || others === undefined) throw new Error('no workers');
    const rounds: Round[] = [];
    for (let at = 0; at < bench.repeat(ROUNDS); at += 1) rounds.push(await round(shoppers, others));
    const p99 = (pick: (round: Round) => Steady) => median(rounds.map((one) => pick(one).p99));
    const statuses = rounds.map(({ garbage }) => JSON.stringify(garbage.statuses)).join(' ');
    return [
      {
        name: `p99 of ${SHOPPERS} honest cards a second amid ${SHOPPERS * TIMES_AS_MUCH} of garbage`,
        unit: 'ms',
        floor: p99(({ alone }) => alone),
        ours: p99(({ amid }) => amid),
        judge: 'ratio',
        budget: { max: 2 },
        notes: [`the garbage was answered ${statuses}`],
        detail: { rounds },
      },
    ];
  } finally {
    await resources.close();
  }
}

export const garbage: Family<Bench> = { name: 'garbage', measure };
