/*
 * `npm run bench -- webhooks [queued]`: what webhooks cost, on a PostgreSQL of its own. The statement that stores a
 * card against the same one that writes no event, and with one that is delivered, in turns and in one run; and how many
 * events a second are delivered to a receiver of this machine, alone and with a hundred thousand queued, against bare
 * requests of the same bytes over as many connections.
 */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateDataKey } from '../packages/crypto/src/envelope/index.ts';
import { migrate } from '../apps/vault/src/db/migrate.ts';
import { openPostgres } from '../apps/vault/src/db/postgres.ts';
import type { Database } from '../apps/vault/src/db/sql.ts';
import { createEgress } from '../apps/vault/src/egress/send.ts';
import { createMetrics } from '../apps/vault/src/operate/metrics.ts';
import { insertRecord } from '../apps/vault/src/tokens/token-store.ts';
import { insertEndpoint, insertSecret } from '../apps/vault/src/webhooks/endpoint-store.ts';
import { Deliveries } from '../apps/vault/src/webhooks/run-deliveries.ts';
import { newWebhookSecret, sealSecret } from '../apps/vault/src/webhooks/webhook-secret.ts';
import { startPostgres } from './postgres.ts';
import { attempt, audit, card, makeReady, TENANT } from './sample-card.ts';

const ROUNDS = 12;
const EACH = 60;
const TOLD = 1_500;
/** Of a statement, which may not take for ever. */
export const PORTION = 5_000;
/** As many as a worker has under way to one endpoint. */
const AT_ONCE = 16;

/** What else a machine does makes some statements slower, and none faster. */
const quartile = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)] ?? 0;
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Milliseconds of each statement, one at a time. */
async function times(database: Database): Promise<number[]> {
  const sql = database.as('api', TENANT);
  const all: number[] = [];
  for (let round = 0; round < EACH; round += 1) {
    const [one, other, third] = [attempt(), card(), audit()];
    const start = performance.now();
    await insertRecord(sql, one, other, third);
    all.push(performance.now() - start);
  }
  return all;
}

/** In turns, so that what else the machine does falls on all alike. */
async function costOnTokenize(database: Database): Promise<void> {
  const { owner } = database;
  const hook = (state: string) =>
    owner.script(`ALTER TABLE audit_entries ${state} TRIGGER audit_entries_event`);
  const taken: Record<'none' | 'event' | 'told', number[]> = { none: [], event: [], told: [] };
  await times(database);
  for (let round = 0; round < ROUNDS; round += 1) {
    await hook('DISABLE');
    taken.none.push(...(await times(database)));
    await hook('ENABLE');
    await owner.query("UPDATE webhook_endpoints SET types = '{key.created}'");
    taken.event.push(...(await times(database)));
    await owner.query("UPDATE webhook_endpoints SET types = '{*}'");
    taken.told.push(...(await times(database)));
  }
  const none = quartile(taken.none);
  const says = (what: string, ms: number) =>
    console.log(`${what.padEnd(58)}${ms.toFixed(2).padStart(6)}  ${(ms / none).toFixed(2)}x`);
  says('ms to store a card, without an event (lower quartile)', none);
  says('with one, as the vault does', quartile(taken.event));
  says('with one that an endpoint is to be told of', quartile(taken.told));
  await owner.script('DELETE FROM events');
}

/** Events of a tenant, from a number on, so many; each is told to its endpoints. */
export const FILL = `
INSERT INTO events (tenant, event_id, type, mode, at, data)
SELECT $1, 'evt_' || lpad((n + $2::int)::text, 22, '0'), 'token.created', 'test', clock_timestamp(),
  jsonb_build_object('token', 'tok_test_' || lpad(n::text, 28, '0'))
FROM generate_series(1, $3::int) AS n`;

/** An endpoint that says yes to everything. */
export async function startReceiver() {
  const server = createServer((incoming, response) => {
    incoming.resume();
    incoming.on('end', () => response.writeHead(204).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** What a request costs by itself: a connection each, and nothing written down. */
async function bare(origin: string, count: number): Promise<number> {
  const body = JSON.stringify({ id: `evt_${'0'.repeat(22)}`, data: { token: 'x'.repeat(120) } });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'webhook-signature': 'x'.repeat(140),
  };
  const post = () =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request(origin, { method: 'POST', agent: false, headers }, (answer) => {
        answer.resume();
        answer.on('end', resolve);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const start = performance.now();
  const one = async () => {
    for (let round = 0; round < count / AT_ONCE; round += 1) await post();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return count / ((performance.now() - start) / 1_000);
}

/** Until so many are delivered. */
async function tell(database: Database, worker: Deliveries, count: number): Promise<number> {
  const done = async () => {
    const [row] = await database.owner.query(
      "SELECT count(*)::int AS n FROM webhook_deliveries WHERE state = 'delivered'",
    );
    return Number(row?.['n']);
  };
  const before = await done();
  const start = performance.now();
  let begun = 0;
  while (begun < count) {
    begun += await worker.take();
    await worker.room();
  }
  await worker.end();
  const seconds = (performance.now() - start) / 1_000;
  return ((await done()) - before) / seconds;
}

async function prepare(database: Database, origin: string) {
  const dataKey = generateDataKey();
  await database.owner.query(
    `INSERT INTO data_keys (tenant, data_key_id, class, created_at) VALUES ($1, $2, 'pan', now())`,
    [TENANT, dataKey.id],
  );
  const endpoint_id = `whe_${'A'.repeat(22)}`;
  const at = new Date();
  const row = { tenant: TENANT, endpoint_id, mode: 'test', url: `${origin}/hook` } as const;
  const sealed = sealSecret(dataKey, TENANT, endpoint_id, newWebhookSecret());
  await database.transaction({ role: 'api', tenant: TENANT }, async (sql) => {
    await insertEndpoint(sql, { ...row, types: ['*'], description: '', created_at: at });
    if (!(await insertSecret(sql, row, sealed, at))) throw new Error('the secret was not stored');
  });
  const log = {
    info() {},
    warn() {},
    error: (_fields: object, says: string) => console.error(says),
  };
  const clocks = { now: () => Date.now(), steady: () => performance.now() };
  const webhookEgress = createEgress({ allowed: [origin] });
  const keys = { dataKey: async () => dataKey };
  const worker = () =>
    new Deliveries({
      ...{ sql: database, keys, log, webhookEgress, metrics: createMetrics() },
      ...clocks,
    });
  return { worker, egress: webhookEgress };
}

async function costOfTelling(
  database: Database,
  origin: string,
  worker: () => Deliveries,
  queued: number,
): Promise<void> {
  const rates: Record<'bare' | 'alone', number[]> = { bare: [], alone: [] };
  for (let round = 0; round < 3; round += 1) {
    rates.bare.push(await bare(origin, TOLD));
    await database.owner.query(FILL, [TENANT, round * TOLD, TOLD]);
    rates.alone.push(await tell(database, worker(), TOLD));
  }
  for (let from = 0; from < queued; from += PORTION)
    await database.owner.query(FILL, [TENANT, 10 * TOLD + from, Math.min(PORTION, queued - from)]);
  await database.owner.script('ANALYZE');
  const many = await tell(database, worker(), 2 * TOLD);
  const floor = median(rates.bare);
  const says = (what: string, rate: number) =>
    console.log(`${what.padEnd(58)}${rate.toFixed(0).padStart(6)}  ${(rate / floor).toFixed(2)}x`);
  says(`requests a second, ${AT_ONCE} at once, bare`, floor);
  says('webhooks a second, one worker, one endpoint', median(rates.alone));
  says(`the same with ${queued} queued`, many);
}

/** Measures webhooks, and prints it. */
export async function webhookCost(queued: number): Promise<void> {
  const postgres = await startPostgres();
  const database = openPostgres(postgres.url);
  const { server, origin } = await startReceiver();
  try {
    await migrate(database.owner);
    await makeReady(database.owner);
    const { worker, egress } = await prepare(database, origin);
    await costOnTokenize(database);
    await costOfTelling(database, origin, worker, queued);
    egress.close();
  } finally {
    await database.close();
    await postgres.stop();
    server.close();
  }
}
