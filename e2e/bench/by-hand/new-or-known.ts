/*
 * Does the time of an answer tell whether the vault has seen a card before? Two samples in random
 * turns over one connection: numbers never sent before, and numbers that are tokens already.
 *
 *   HUSHFIELD_TEST_PG=postgresql://… node e2e/bench/by-hand/new-or-known.ts [samples of each]
 */
import { canaryNumber } from '../../support/cards.ts';
import { median, percentile } from '../stats.ts';
import { Resources } from '../resources.ts';
import { sealRequests } from '../workers/sealed.ts';
import { hangUp, isToken, postFrom } from './post-from.ts';
import { startNodes } from './start-nodes.ts';

const KNOWN = 100;
const WARM_UP = 1_000;

const cardOf = (number: string) => ({
  number,
  expMonth: 12,
  expYear: new Date().getUTCFullYear() + 2,
});

/** Mann and Whitney's U of `a` against `b`, as a standard normal. */
function mannWhitney(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((ms) => ({ ms, first: true })), ...b.map((ms) => ({ ms, first: false }))];
  all.sort((one, other) => one.ms - other.ms);
  const ranks = all.reduce((sum, { first }, index) => sum + (first ? index + 1 : 0), 0);
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  return (u - mean) / Math.sqrt((mean * (a.length + b.length + 1)) / 6);
}

/** Both tails of the normal distribution (Abramowitz and Stegun 26.2.17). */
function pValue(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = series.reduce((total, factor, power) => total + factor * t ** (power + 1), 0);
  return (2 * sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

const samples = Number(process.argv[2] ?? 5_000);
const resources = new Resources();
try {
  const { places } = await startNodes(resources, 1);
  const [place] = places;
  if (place === undefined) throw new Error('no vault');
  const known = Array.from({ length: KNOWN }, () => canaryNumber());
  const timed = async (count: number, numberOf: (index: number) => string) => {
    const times: number[] = [];
    for (const request of await sealRequests(place, count, (at) => cardOf(numberOf(at)))) {
      const outcome = await postFrom('127.0.0.1', place, request);
      if (!isToken(request, outcome)) throw new Error(`refused: ${outcome.status}`);
      times.push(outcome.ms);
    }
    return times;
  };
  await timed(WARM_UP, (index) => known[index % KNOWN] ?? '');
  const turns = Array.from({ length: 2 * samples }, () => Math.random() < 0.5);
  const times = await timed(turns.length, (index) =>
    turns[index] ? canaryNumber() : (known[index % KNOWN] ?? ''),
  );
  const fresh = times.filter((_, index) => turns[index]);
  const seen = times.filter((_, index) => !turns[index]);
  for (const [name, sample] of [
    ['new', fresh],
    ['known', seen],
  ] as const) {
    const [p50, p95] = [median(sample), percentile(sample, 0.95)].map((ms) => ms.toFixed(4));
    console.log(`${name}: ${sample.length} answers, p50 ${p50} ms, p95 ${p95} ms`);
  }
  const z = mannWhitney(fresh, seen);
  console.log(`Mann-Whitney: z = ${z.toFixed(3)}, p = ${pValue(z).toFixed(3)} (two-sided)`);
} finally {
  hangUp();
  await resources.close();
}
