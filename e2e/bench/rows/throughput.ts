import type { Bench } from '../bench.ts';
import { machine } from '../report.ts';
import { Resources } from '../resources.ts';
import type { Family, Row } from '../row.ts';
import {
  type EngineName,
  openRateStage,
  type RateStage,
  type VaultPace,
} from '../stage/rate-stage.ts';
import { median } from '../stats.ts';
import type { Pace } from '../workers/jobs.ts';
import { type Act, ACTS } from '../workers/written.ts';

const CLIENTS = [1, 8, 32] as const;
/** About as long for both, since the floor is quicker; one client at a time needs fewer. */
const OURS = 1_200;
const FLOOR = 3_600;
const ALONE = 3;
const ENGINES = ['postgres', 'embedded'] as const satisfies readonly EngineName[];
const NAMES = { postgres: 'PostgreSQL', embedded: 'embedded' } as const;

type Leg = {
  readonly act: Act;
  readonly clients: number;
  readonly floor: Pace[];
  readonly ours: VaultPace[];
};

const newLegs = (): Leg[] =>
  ACTS.flatMap((act) => CLIENTS.map((clients) => ({ act, clients, floor: [], ours: [] })));
const some = (count: number, clients: number) => (clients === 1 ? count / ALONE : count);

async function takeOurs(stage: RateStage, { act, clients, ours }: Leg): Promise<void> {
  ours.push(await stage.ours(act, some(OURS, clients), clients));
}

async function takeFloor(stage: RateStage, { act, clients, floor }: Leg): Promise<void> {
  floor.push(await stage.floor(act, some(FLOOR, clients), clients));
}

/** On a server floor and vault take turns; an embedded database has room for one of them. */
async function measureLegs(stage: RateStage, engine: EngineName, rounds: number): Promise<Leg[]> {
  const legs = newLegs();
  const turns = engine === 'postgres' ? [[takeFloor, takeOurs]] : [[takeOurs], [takeFloor]];
  for (const takes of turns)
    for (let round = 0; round < rounds; round += 1)
      for (const leg of legs) for (const take of takes) await take(stage, leg);
  return legs;
}

const rate = (paces: readonly Pace[]) => median(paces.map(({ perSecond }) => perSecond));
const time = (paces: readonly Pace[], pick: (pace: Pace) => number) =>
  median(paces.map(pick)).toFixed(2);

function latencies(ours: readonly Pace[], floor: readonly Pace[]): string {
  const of = (paces: readonly Pace[]) =>
    `p50 ${time(paces, ({ p50 }) => p50)} ms, p99 ${time(paces, ({ p99 }) => p99)} ms`;
  return `${of(ours)}; floor ${of(floor)}`;
}

function cost(ours: readonly VaultPace[]): string {
  const of = (pick: (pace: VaultPace) => number) => median(ours.map(pick)).toFixed(2);
  return `CPU a request: vault ${of(({ vaultCpu }) => vaultCpu)} ms, driver beside it ${of(({ cpu }) => cpu)} ms`;
}

/** The budget speaks of tokenize on a server with clients enough to keep it busy. */
function rowOf(engine: EngineName, { act, clients, floor, ours }: Leg): Row {
  const gated = engine === 'postgres' && act === 'tokenize' && clients > 1;
  return {
    name: `${act} on ${NAMES[engine]}, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
    unit: '/s',
    floor: rate(floor),
    ours: rate(ours),
    judge: 'ratio',
    ...(gated ? { budget: { min: 0.7 } } : {}),
    notes: [`${latencies(ours, floor)}; ${cost(ours)}`],
    detail: { floor, ours },
  };
}

/** What a second process adds depends on the cores it finds, so it is told and not judged. */
async function twoProcesses(
  stage: RateStage,
  rounds: number,
  floor: readonly Pace[],
): Promise<Row> {
  await stage.addSecondVault();
  const ours: VaultPace[] = [];
  for (let round = 0; round < rounds; round += 1) ours.push(await stage.ours('tokenize', OURS, 32));
  return {
    name: 'tokenize on PostgreSQL, two processes, 32 clients',
    unit: '/s',
    floor: rate(floor),
    ours: rate(ours),
    judge: 'ratio',
    notes: [`${machine().cores} cores for two vaults, PostgreSQL and the driver; ${cost(ours)}`],
    detail: { ours },
  };
}

async function measureOn(bench: Bench, engine: EngineName): Promise<readonly Row[]> {
  // Its own, so that nothing of it is left when the next rows are measured.
  const resources = new Resources();
  bench.resources.add(() => resources.close());
  try {
    const stage = await openRateStage(bench, resources, engine);
    const legs = await measureLegs(stage, engine, bench.repeat(3));
    const rows = legs.map((leg) => rowOf(engine, leg));
    if (engine === 'embedded') return rows;
    const busiest = legs.find(({ act, clients }) => act === 'tokenize' && clients === 32);
    const both = await twoProcesses(stage, bench.repeat(3), busiest?.floor ?? []);
    await stage.assertAllCopied();
    return [...rows, both];
  } finally {
    await resources.close();
  }
}

async function measure(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const engine of ENGINES) rows.push(...(await measureOn(bench, engine)));
  return rows;
}

export const throughput: Family<Bench> = { name: 'throughput', measure };
