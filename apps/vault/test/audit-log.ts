import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frontier } from '@hushfield/crypto/tlog';
import type { Owner, Sql } from '../src/db/sql.ts';
import { readWitness } from '../src/audit/witness-file.ts';
import type { Witnessed } from '../src/audit/witness-reading.ts';
import { type LogTrust, logName } from '../src/audit/log-name.ts';
import { hashOf, LOGGED_COLUMNS, parseEntries } from '../src/audit/leaf-text.ts';
import { databaseLog } from '../src/audit/log-source.ts';
import { type LogState, logState } from '../src/audit/log-state.ts';
import { Sequencer } from '../src/audit/sequencer.ts';
import { type Verdict, verifyLog } from '../src/audit/verify-log.ts';
import type { Vault } from '../src/vault.ts';
import type { EngineName } from './engines.ts';
import { type TestVault, testVault } from './test-vault.ts';

/** Leaves entries as acts do, without the acts. */
export async function leaveEntries(owner: Pick<Sql, 'query'>, count: number, mark = 'e') {
  await owner.query(
    `INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, origin, request_id)
     SELECT 'ten_' || repeat('A', 22), 'aud_' || $2 || n, '2026-11-09 12:00Z'::timestamptz + n * interval '1 ms',
       'key:AAAAAAAA', 'token.create', 'tok_test_' || n, 'ok', 'https://shop.example', 'req_' || n
     FROM generate_series(1, $1::int) AS n`,
    [count, mark],
  );
}

export type TestLog = {
  readonly sequencer: Sequencer;
  readonly witnessFile: string;
  /** Whose word counts. */
  trust(): Promise<LogTrust>;
  witnessed(): Promise<Witnessed>;
};

/** A sequencer of its own for a vault that runs none, with a witness file of its own. */
export async function testLog(vault: Vault): Promise<TestLog> {
  const witnessFile = join(mkdtempSync(join(tmpdir(), 'hushfield-audit-')), 'witness.jsonl');
  await vault.keys.publishAuditKeys();
  const sequencer = new Sequencer({ ...vault, witnessFile });
  const trust = async () => ({
    name: await logName(vault.sql.as('sequencer')),
    keys: vault.keys.auditKeys(),
  });
  const witnessed = async () => readWitness(witnessFile, await trust(), true);
  return { sequencer, witnessFile, trust, witnessed };
}

export type SignedLog = {
  readonly it: TestVault;
  readonly log: TestLog;
  /** How many entries were signed for at first. */
  readonly before: number;
  state(): Promise<LogState>;
  /** Of the database, against what the witness file knows. */
  verdict(): Promise<Verdict>;
  /** Leaves entries, and a minute later gives them their places and signs. */
  goOn(count: number, mark: string): Promise<void>;
};

/** A vault with a log that has a signed state. */
export async function signedLog(engine: EngineName): Promise<SignedLog> {
  const it = await testVault({ engine });
  const { sql } = it.vault;
  const log = await testLog(it.vault);
  await leaveEntries(sql.owner, 7, 'first');
  await log.sequencer.round();
  const state = () => logState(sql.as('sequencer'));
  const verdict = async () => {
    const { leaves: witnessed } = await log.witnessed();
    return verifyLog(await databaseLog(sql.as('admin')), { trust: await log.trust(), witnessed });
  };
  const goOn = async (count: number, mark: string) => {
    await leaveEntries(sql.owner, count, mark);
    it.time.now += 61_000;
    await log.sequencer.round();
  };
  return { it, log, before: (await state()).size, state, verdict, goOn };
}

/** Takes away what came after a size, and after an epoch, as an older backup would have it. */
export async function putBack(owner: Owner, size: number, epoch = 0): Promise<void> {
  await owner.transaction((sql) =>
    sql.script(`SET LOCAL session_replication_role = replica;
      DELETE FROM audit_entries e USING audit_leaves l
        WHERE l.leaf_index >= ${size} AND e.tenant = l.tenant AND e.entry_id = l.entry_id;
      DELETE FROM audit_entries e USING audit_pending p
        WHERE e.tenant = p.tenant AND e.entry_id = p.entry_id;
      DELETE FROM audit_pending;
      DELETE FROM audit_leaves WHERE leaf_index >= ${size};
      DELETE FROM audit_checkpoints WHERE size > ${size};
      DELETE FROM audit_epoch_checkpoints WHERE size > ${size} OR epoch > ${epoch};
      DELETE FROM audit_nodes WHERE (position + 1) * (1 << level) > ${size};
      UPDATE audit_head SET size = ${size}, epoch = ${epoch}, until = '-infinity'`),
  );
}

/** Writes an entry over with every hash above it, as whoever can write the database could. */
export async function rewrite(owner: Owner, index: number): Promise<void> {
  await owner.transaction(async (sql) => {
    await sql.script(`SET LOCAL session_replication_role = replica;
      UPDATE audit_entries e SET outcome = 'never happened' FROM audit_leaves l
      WHERE l.leaf_index = ${index} AND l.tenant = e.tenant AND l.entry_id = e.entry_id`);
    const rows = await sql.query(
      `SELECT ${LOGGED_COLUMNS} FROM audit_leaves l JOIN audit_entries e USING (tenant, entry_id) ORDER BY leaf_index`,
    );
    const tree = new Frontier();
    const nodes = parseEntries(rows).flatMap((entry) => tree.append(hashOf(entry)));
    await sql.query('DELETE FROM audit_nodes');
    for (const { level, index: at, hash } of nodes)
      await sql.query('INSERT INTO audit_nodes VALUES ($1, $2, $3)', [
        level,
        at,
        Buffer.from(hash),
      ]);
  });
}

type Inside = Parameters<Parameters<Owner['transaction']>[0]>[0];

/** What the database's superuser may do to a log, undone when it was looked at. */
export async function tampered<T>(
  owner: Owner,
  act: (sql: Inside) => Promise<void>,
  look: (sql: Inside) => Promise<T>,
): Promise<T> {
  let seen: { readonly value: T } | undefined;
  const undone = new Error('undone');
  await owner
    .transaction(async (sql) => {
      await sql.script('SET LOCAL session_replication_role = replica');
      await act(sql);
      seen = { value: await look(sql) };
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  if (seen === undefined) throw new Error('nothing was seen');
  return seen.value;
}
