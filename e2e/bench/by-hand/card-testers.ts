/*
 * Card testers at two nodes of the real vault, under the policy it has by default, while shoppers pay.
 *
 *   HUSHFIELD_TEST_PG=postgresql://… node e2e/bench/by-hand/card-testers.ts [cards]
 */
import { canaryNumber } from '../../support/cards.ts';
import { openPool } from '../stage/postgres.ts';
import { percentile } from '../stats.ts';
import { Resources } from '../resources.ts';
import { type Place, type SealedRequest, sealRequests } from '../workers/sealed.ts';
import { hangUp, isToken, postFrom } from './post-from.ts';
import { startNodes } from './start-nodes.ts';

const POLICY = {
  LIMIT_TOKENIZE_PER_ADDRESS: '600/h',
  LIMIT_TOKENIZE_PER_BIN: '600/h',
  LIMIT_TOKENIZE_PER_KEY: '6000/h',
};
const CONNECTIONS = 4;
const HONEST_EVERY_MS = 25;
const BINS = ['41111111', '40128888', '40000000', '40000025', '40000027', '40000566', '40055192'];
const HONEST_BINS = ['55555555', '51051051', '52008282', '22230031', '22230000', '54545454'];

type Scene = {
  readonly name: string;
  readonly address: (index: number) => string;
  readonly bin: (index: number) => string;
};

const scenes: readonly Scene[] = [
  { name: 'one BIN, 1 address', address: () => '127.1.0.5', bin: () => '42424242' },
  {
    name: 'one BIN, 200 addresses of one /24',
    address: (index) => `127.2.0.${(index % 200) + 1}`,
    bin: () => '42222222',
  },
  {
    name: 'one BIN, 200 addresses of 200 /24',
    address: (index) => `127.3.${index % 200}.5`,
    bin: () => '45320000',
  },
  {
    name: `${BINS.length} BINs, 200 addresses of 200 /24`,
    address: (index) => `127.4.${index % 200}.5`,
    bin: (index) => BINS[index % BINS.length] ?? '',
  },
];

const cardOf = (bin: string) => ({
  number: canaryNumber(bin),
  expMonth: 12,
  expYear: new Date().getUTCFullYear() + 2,
});

type Tally = { tokens: number; limited: number; sealed: number; failed: number };

async function attack(places: readonly Place[], scene: Scene, requests: SealedRequest[]) {
  const tally: Tally = { tokens: 0, limited: 0, sealed: 0, failed: 0 };
  let at = 0;
  const one = async () => {
    for (let index = at++; index < requests.length; index = at++) {
      const request = requests[index];
      const place = places[index % places.length];
      if (request === undefined || place === undefined) return;
      const outcome = await postFrom(scene.address(index), place, request);
      if (isToken(request, outcome)) tally.tokens += 1;
      else if (outcome.status === 429) tally.limited += 1;
      else if (outcome.status === 200) tally.sealed += 1;
      else tally.failed += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return tally;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Shoppers, one at a time and each from a network of its own, until told to stop. */
async function shoppers(place: Place, pile: SealedRequest[], goOn: () => boolean) {
  const times: number[] = [];
  let refused = 0;
  for (let index = 0; goOn() && pile.length > 0; index += 1) {
    const request = pile.pop();
    if (request === undefined) break;
    const outcome = await postFrom(`127.${200 + (index % 50)}.${index % 250}.9`, place, request);
    if (!isToken(request, outcome)) refused += 1;
    times.push(outcome.ms);
    await pause(HONEST_EVERY_MS);
  }
  return {
    paid: times.length - refused,
    refused,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
  };
}

const cards = Number(process.argv[2] ?? 10_000);
const resources = new Resources();
try {
  const { places, databaseUrl } = await startNodes(resources, 2, POLICY);
  const [place] = places;
  if (place === undefined) throw new Error('no vault');
  const honest = (count: number) =>
    sealRequests(place, count, (index) => cardOf(HONEST_BINS[index % HONEST_BINS.length] ?? ''));
  await shoppers(place, await honest(100), () => true);
  const calm = await shoppers(place, await honest(300), () => true);
  console.log(`shoppers alone: ${JSON.stringify(calm)}`);
  const hour = () => Math.floor(Date.now() / 3_600_000);
  const began = hour();
  for (const scene of scenes) {
    const requests = await sealRequests(place, cards, (index) => cardOf(scene.bin(index)));
    const pile = await honest(600);
    let over = false;
    const watch = shoppers(place, pile, () => !over);
    const from = performance.now();
    const tally = await attack(places, scene, requests);
    over = true;
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    console.log(`${scene.name}: ${cards} cards in ${seconds} s: ${JSON.stringify(tally)}`);
    console.log(`  shoppers meanwhile: ${JSON.stringify(await watch)}`);
  }
  if (hour() !== began) console.log('THE HOUR TURNED MEANWHILE: limits began anew; run it again.');
  const pool = openPool(databaseUrl, 1);
  const { rows } = await pool.query(
    'SELECT count(*)::int AS n, sum(taken)::int AS units FROM limit_counters',
  );
  console.log(`counters in the database: ${JSON.stringify(rows[0])}`);
  await pool.end();
} finally {
  hangUp();
  await resources.close();
}
