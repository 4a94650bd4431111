import type { Bench } from '../bench.ts';
import { machine } from '../report.ts';
import { Resources } from '../resources.ts';
import type { Family, Row } from '../row.ts';
import { openRateStage, type RateStage, type VaultPace } from '../stage/rate-stage.ts';
import { median } from '../stats.ts';
import type { Pace } from '../workers/jobs.ts';

const CONNECTIONS = [8, 32] as const;
/** About as long for both, since the floor is quicker. */
const POSTS = 1_500;
const INSERTS = 4_000;

type Leg = { readonly floor: Pace[]; readonly ours: VaultPace[] };

/** Floor and vault in turn, each alone with the database. */
async function inTurn(stage: RateStage, rounds: number): Promise<ReadonlyMap<number, Leg>> {
  const legs = new Map<number, Leg>(
    CONNECTIONS.map((connections) => [connections, { floor: [], ours: [] }]),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const [connections, { floor, ours }] of legs) {
      floor.push(await stage.insert(INSERTS, connections));
      ours.push(await stage.post(POSTS, connections));
    }
  }
  return legs;
}

const rate = (paces: readonly Pace[]) => median(paces.map(({ perSecond }) => perSecond));

function cost(ours: readonly VaultPace[]): string {
  const of = (pick: (pace: VaultPace) => number) => median(ours.map(pick)).toFixed(2);
  return `CPU a request: vault ${of(({ vaultCpu }) => vaultCpu)} ms, driver beside it ${of(({ cpu }) => cpu)} ms; p99 ${of(({ p99 }) => p99)} ms`;
}

function gated(connections: number, { floor, ours }: Leg): Row {
  const insert = median(floor.map(({ cpu }) => cpu)).toFixed(2);
  return {
    name: `tokenize at the vault, ${connections} connections`,
    unit: '/s',
    floor: rate(floor),
    ours: rate(ours),
    judge: 'ratio',
    budget: { min: 0.7 },
    notes: [`${cost(ours)}; client of the floor ${insert} ms`],
    detail: { floor, ours },
  };
}

/** What a second process adds depends on the cores it finds, so it is told and not judged. */
async function twoProcesses(stage: RateStage, rounds: number, floor: readonly Pace[]) {
  await stage.addSecondVault();
  const ours: VaultPace[] = [];
  for (let round = 0; round < rounds; round += 1) ours.push(await stage.post(POSTS, 32));
  return {
    name: 'the same, two processes, 32 connections',
    unit: '/s',
    floor: rate(floor),
    ours: rate(ours),
    judge: 'ratio',
    notes: [`${machine().cores} cores for two vaults, PostgreSQL and the driver; ${cost(ours)}`],
    detail: { ours },
  } satisfies Row;
}

async function measure(bench: Bench): Promise<readonly Row[]> {
  // Its own, so that nothing of it is left when the next rows are measured.
  const resources = new Resources();
  bench.resources.add(() => resources.close());
  try {
    const stage = await openRateStage(bench, resources);
    const legs = await inTurn(stage, bench.repeat(5));
    const rows = [...legs].map(([connections, leg]) => gated(connections, leg));
    const both = await twoProcesses(stage, bench.repeat(3), legs.get(32)?.floor ?? []);
    await stage.assertAllCopied();
    return [...rows, both];
  } finally {
    await resources.close();
  }
}

export const throughput: Family<Bench> = { name: 'throughput', measure };
