/*
 * `npm run bench -- audit [entries]`: what the audit log costs, on a PostgreSQL of its own. The statement that
 * stores a card against the same one without its entry, in turns and in one run; how many entries a second
 * get their places and are signed for, alone and while cards come in; and how long it takes to verify them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningSeed, importSigningSeed } from '../packages/crypto/src/manifest/index.ts';
import { databaseLog } from '../apps/vault/src/audit/log-source.ts';
import { Sequencer } from '../apps/vault/src/audit/sequencer.ts';
import { verifyLog } from '../apps/vault/src/audit/verify-log.ts';
import { readWitness } from '../apps/vault/src/audit/witness-file.ts';
import { migrate } from '../apps/vault/src/db/migrate.ts';
import { openPostgres } from '../apps/vault/src/db/postgres.ts';
import type { Database } from '../apps/vault/src/db/sql.ts';
import { createMetrics } from '../apps/vault/src/operate/metrics.ts';
import { insertRecord } from '../apps/vault/src/tokens/token-store.ts';
import { startPostgres } from './postgres.ts';
import { attempt, audit, card, makeReady, TENANT } from './sample-card.ts';

const STORE = 's'.repeat(22);
const ROUNDS = 7;
const EACH = 1_500;
const CLIENTS = 8;

async function pace(database: Database, count: number): Promise<number> {
  const sql = database.as('api', TENANT);
  const start = performance.now();
  const one = async () => {
    for (let round = 0; round < count / CLIENTS; round += 1)
      await insertRecord(sql, attempt(), card(), audit());
  };
  await Promise.all(Array.from({ length: CLIENTS }, one));
  return count / ((performance.now() - start) / 1_000);
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** A rule takes the entry away before it is one, trigger and all; the statement stays the same. */
async function without<T>({ owner }: Database, work: () => Promise<T>): Promise<T> {
  const parts = Array.from({ length: 8 }, (_, part) => `audit_entries_${part}`);
  const hook = parts.map(
    (part) => `CREATE TRIGGER none BEFORE INSERT ON ${part}
    FOR EACH ROW EXECUTE FUNCTION leave_out()`,
  );
  await owner.script(`CREATE OR REPLACE FUNCTION leave_out() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RETURN NULL; END $$; ${hook.join(';')}`);
  try {
    return await work();
  } finally {
    await owner.script(parts.map((part) => `DROP TRIGGER none ON ${part}`).join(';'));
  }
}

async function costOnTokenize(database: Database): Promise<void> {
  const [all, entry]: [number[], number[]] = [[], []];
  await pace(database, EACH);
  for (let round = 0; round < ROUNDS; round += 1) {
    entry.push(await without(database, () => pace(database, EACH)));
    all.push(await pace(database, EACH));
  }
  const [plain, ours] = [median(entry), median(all)];
  console.log(`cards a second, ${CLIENTS} clients, without an entry  ${plain.toFixed(0)}`);
  console.log(
    `cards a second, ${CLIENTS} clients, as the vault does ${ours.toFixed(0)}  ${(ours / plain).toFixed(2)}x`,
  );
}

const FILL = `
INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, origin, request_id)
SELECT $1, 'aud_' || lpad((n + $2::int)::text, 22, '0'), clock_timestamp(), 'key:AAAAAAAA', 'token.create',
  'tok_test_' || lpad(n::text, 28, '0'), 'ok', 'https://shop.example', 'req_' || lpad(n::text, 22, '0')
FROM generate_series(1, $3::int) AS n`;

/** As much of a vault as the sequencer needs. */
async function sequencerFor(database: Database, folder: string) {
  const key = importSigningSeed(generateSigningSeed());
  await database.owner.query('INSERT INTO key_store (store_id) VALUES ($1)', [STORE]);
  const witnessFile = join(folder, 'witness.jsonl');
  const keys = { signingKey: async () => key, auditKeys: () => [key.publicKey] };
  const log = {
    info() {},
    warn() {},
    error: (_fields: object, says: string) => console.error(says),
  };
  const clocks = { now: () => Date.now(), steady: () => performance.now() };
  const needs = { sql: database, keys, log, witnessFile, metrics: createMetrics(), ...clocks };
  const trust = { name: `hushfield/${STORE}`, keys: [key.publicKey] };
  return { sequencer: new Sequencer(needs), witnessFile, trust };
}

/** Measures the audit log, and prints it. */
export async function auditCost(entries: number): Promise<void> {
  const postgres = await startPostgres();
  const database = openPostgres(postgres.url);
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-audit-'));
  try {
    await migrate(database.owner);
    await makeReady(database.owner);
    await costOnTokenize(database);
    const { sequencer, witnessFile, trust } = await sequencerFor(database, folder);
    await sequencer.round();
    await database.owner.query(FILL, [TENANT, 0, entries]);
    await database.owner.script('ANALYZE');
    const start = performance.now();
    await sequencer.round();
    const seconds = (performance.now() - start) / 1_000;
    console.log(
      `entries a second that get a place, and are signed for  ${(entries / seconds).toFixed(0)}`,
    );
    const beside = sequenceAlong(sequencer);
    const rate = await pace(database, 4 * EACH);
    await beside.stop();
    console.log(`cards a second while the sequencer keeps up  ${rate.toFixed(0)}`);
    await verify(database, witnessFile, trust);
  } finally {
    await database.close();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  }
}

function sequenceAlong(sequencer: Sequencer) {
  let stops = false;
  const running = (async () => {
    while (!stops) {
      await sequencer.round();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  return {
    async stop() {
      stops = true;
      await running;
    },
  };
}

async function verify(
  database: Database,
  witnessFile: string,
  trust: Parameters<typeof readWitness>[1],
): Promise<void> {
  const start = performance.now();
  const { leaves: witnessed, faults } = await readWitness(witnessFile, trust, true);
  const verdict = await verifyLog(await databaseLog(database.as('admin')), { trust, witnessed });
  const seconds = (performance.now() - start) / 1_000;
  if (verdict.finding !== undefined || faults.length > 0) throw new Error('the log is not good');
  console.log(
    `seconds to verify 100,000 entries, ${verdict.good} verified  ${((seconds / verdict.good) * 1e5).toFixed(2)}`,
  );
}
