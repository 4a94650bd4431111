import { HASH_BYTES } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import { exportedLog } from '../../audit/export-file.ts';
import { insertDeploymentAudit } from '../../audit/insert-audit.ts';
import type { LogTrust } from '../../audit/log-name.ts';
import { logState } from '../../audit/log-state.ts';
import { databaseLog, type LogSource } from '../../audit/log-source.ts';
import { unplacedEntries } from '../../audit/unplaced.ts';
import { type Verdict, verifyLog } from '../../audit/verify-log.ts';
import type { Sql } from '../../db/sql.ts';
import { ownTrust, trustOf, witnessOf } from '../audit-trust.ts';
import { type Answer, type Command, UsageError } from '../command.ts';
import { withVault } from '../with-vault.ts';

/** A minute, and patience. */
const UNSIGNED_SECONDS = 300;

const Asked = z.strictObject({
  log: z.string().min(1).optional(),
  witness: z.string().min(1).optional(),
  key: z.array(z.string()).default([]),
});

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'look whether an audit entry was altered, removed or moved',
  about: `Makes the tree over all entries anew, and holds it against the signed states and against a witness file,
which knows the hash of each entry from when it was written. Names the first sequence number that is
wrong, and ends with 1. Without a witness, whoever can write the database and its hashes is found out by the
next signed state only: then the wrong entry lies between two numbers. What came after the newest state
is not vouched for yet; it is wrong when nothing was signed for five minutes.

With --log it verifies what \`hushfield audit export\` has written, and needs neither database nor key
store, but --key: what \`hushfield audit key\` printed, kept where the vault cannot write. Else it reads
the database of this environment and its AUDIT_WITNESS_FILE. The witness of every worker is worth
verifying against, with --witness.`,
  example: 'hushfield audit verify --log audit.jsonl --witness witness.jsonl --key "hushfield/…"',
  options: {
    log: { type: 'string', value: 'file', says: 'an export; the database without' },
    witness: { type: 'string', value: 'file', says: 'what a worker has seen of the log' },
    key: { type: 'string', value: 'key', multiple: true, says: 'whose signatures count' },
  },
  async run(desk, given) {
    const asked = Asked.parse(given);
    if (asked.log !== undefined) {
      const { log } = asked;
      const trust = trustOf(asked.key);
      const judged = await judge(() => exportedLog(log), trust, asked.witness, true);
      return conclude(judged.lines, judged);
    }
    if (asked.key.length > 0) throw new UsageError('--key: the key store has the keys; for --log.');
    return withVault(desk, async (vault, { witnessFile }) => {
      const sql = vault.sql.as('admin');
      const act = { at: new Date(vault.now()), action: 'audit.read', resource: 'audit' } as const;
      await insertDeploymentAudit(sql, act);
      const trust = await ownTrust(vault);
      const witness = asked.witness ?? witnessFile;
      const judged = await judge(
        () => databaseLog(sql),
        trust,
        witness,
        asked.witness !== undefined,
      );
      return conclude([...judged.lines, ...(await besideTheLog(sql, judged.verdict))], judged);
    });
  },
};

type Line = { readonly text: string; readonly isWrong?: boolean };
type Judged = {
  readonly lines: readonly Line[];
  readonly verdict: Verdict;
  readonly data: object;
};

async function judge(
  open: () => Promise<LogSource>,
  trust: LogTrust,
  path: string | undefined,
  isAskedFor: boolean,
): Promise<Judged> {
  const witness = path === undefined ? undefined : await witnessOf(path, isAskedFor, trust);
  const witnessed = witness?.leaves ?? new Uint8Array(0);
  // After the witness: beside a vault that serves, both grow, and the log must be the longer one.
  const verdict = await verifyLog(await open(), { trust, witnessed });
  const faults = witness?.faults ?? [];
  const known = witnessed.length / HASH_BYTES;
  const lines: Line[] = [
    ...inWords(verdict),
    witness === undefined
      ? { text: 'There is no witness file: only signed states were held against the log.' }
      : { text: `The witness knows ${known} entries.`, isWrong: isAskedFor && known === 0 },
    ...faults.map((fault) => ({ text: `the witness file: ${fault}`, isWrong: true })),
  ];
  const finding = verdict.finding ?? null;
  return { lines, verdict, data: { ...verdict, finding, witnessed: known, faults } };
}

/** What only the database can tell. */
async function besideTheLog(sql: Sql, { good, covered }: Verdict): Promise<Line[]> {
  const { signedSeconds, waiting, waitedSeconds } = await logState(sql);
  const { count, first } = await unplacedEntries(sql);
  const lines: Line[] = [];
  if ((signedSeconds ?? 0) < -UNSIGNED_SECONDS)
    lines.push({ text: 'the newest state is said to be of a time to come', isWrong: true });
  if (good > covered && (await isOld(sql, covered)))
    lines.push({ text: `entry ${covered} is not signed for yet, and is old`, isWrong: true });
  if (waiting > 0)
    lines.push({
      text: `${waiting} entries wait for a place, which a running worker gives them`,
      isWrong: waitedSeconds > UNSIGNED_SECONDS,
    });
  if (count > 0)
    lines.push({
      text: `${count} entries have no place, and nobody will give them one; the first is ${first}`,
      isWrong: true,
    });
  return lines;
}

/** Whether an entry should have been signed for long ago. */
async function isOld(sql: Sql, index: number): Promise<boolean> {
  const [row] = await sql.query(
    `SELECT e.at < clock_timestamp() - $2 * interval '1 second' AS old FROM audit_leaves l
     JOIN audit_entries e ON e.tenant = l.tenant AND e.entry_id = l.entry_id WHERE l.leaf_index = $1`,
    [index, UNSIGNED_SECONDS],
  );
  return row?.['old'] === true;
}

function conclude(lines: readonly Line[], { data }: Judged): Answer {
  const isWrong = lines.some((line) => line.isWrong);
  const text = lines.map((line) => (line.isWrong ? `WRONG  ${line.text}` : line.text)).join('\n');
  return { text, data: { ...data, holds: !isWrong }, exitCode: isWrong ? 1 : 0 };
}

function inWords({ good, states, covered, finding }: Verdict): Line[] {
  const holds = `${states} signed states hold; the newest covers ${covered} entries, as they were written.`;
  const signed = {
    text: states === 0 ? 'no signed state holds' : holds,
    isWrong: states === 0 && good > 0,
  };
  if (finding === undefined) return [{ text: `${good} entries follow each other.` }, signed];
  const { index, before, says } = finding;
  const where = index === before ? `entry ${index}` : `one of the entries ${index} to ${before}`;
  return [{ text: `${where}: ${says}.`, isWrong: true }, signed];
}
