import { mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import type { Owner, Sql } from '../src/db/sql.ts';
import { readWitness, type Witnessed } from '../src/audit/witness-file.ts';
import { type LogTrust, logName } from '../src/audit/log-name.ts';
import { Sequencer } from '../src/audit/sequencer.ts';
import type { Vault } from '../src/vault.ts';

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

/** Where this run keeps its databases, since that goes with the run. */
function newWitnessFile(): string {
  const kept = dirname(inject('emptyDatabase'));
  return join(mkdtempSync(join(kept, 'witness-')), 'witness.jsonl');
}

/** A sequencer of its own for a vault that runs none, with a witness file of its own. */
export async function testLog(vault: Vault): Promise<TestLog> {
  const witnessFile = newWitnessFile();
  await vault.keys.publishAuditKeys();
  const sequencer = new Sequencer({ ...vault, witnessFile });
  const trust = async () => ({
    name: await logName(vault.sql.as('sequencer')),
    keys: vault.keys.auditKeys(),
  });
  const witnessed = async () => readWitness(witnessFile, await trust(), true);
  return { sequencer, witnessFile, trust, witnessed };
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
