import * as z from 'zod';
import { exportedLog } from '../../audit/export-file.ts';
import { insertDeploymentAudit } from '../../audit/insert-audit.ts';
import type { LogTrust } from '../../audit/log-name.ts';
import { databaseLog, type LogSource } from '../../audit/log-source.ts';
import { unplacedEntries } from '../../audit/unplaced.ts';
import { type Verdict, verifyLog } from '../../audit/verify-log.ts';
import { ownTrust, trustOf, witnessOf } from '../audit-trust.ts';
import { type Answer, type Command, UsageError } from '../command.ts';
import { withVault } from '../with-vault.ts';

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
next signed state only: then the wrong entry lies between two numbers.

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
      const trust = trustOf(asked.key);
      return judge(await exportedLog(asked.log), trust, asked.witness, true);
    }
    if (asked.key.length > 0) throw new UsageError('--key: the key store has the keys; for --log.');
    return withVault(desk, async (vault, { witnessFile }) => {
      const sql = vault.sql.as('admin');
      const act = { at: new Date(vault.now()), action: 'audit.read', resource: 'audit' } as const;
      await insertDeploymentAudit(sql, act);
      const [trust, witness] = [await ownTrust(vault), asked.witness ?? witnessFile];
      const answer = await judge(
        await databaseLog(sql),
        trust,
        witness,
        asked.witness !== undefined,
      );
      const { count, first } = await unplacedEntries(sql);
      return count === 0 ? answer : alsoUnplaced(answer, count, first);
    });
  },
};

async function judge(
  source: LogSource,
  trust: LogTrust,
  path: string | undefined,
  isAskedFor: boolean,
): Promise<Answer> {
  const witness = path === undefined ? undefined : await witnessOf(path, isAskedFor, trust);
  const witnessed = witness?.leaves ?? new Uint8Array(0);
  const verdict = await verifyLog(source, { trust, witnessed });
  const faults = witness?.faults ?? [];
  const lines = [
    ...inWords(verdict),
    witness === undefined
      ? 'There is no witness file: only signed states were held against it.'
      : `The witness knows ${witnessed.length / 32} entries, and says the same of ${Math.min(witnessed.length / 32, verdict.good)}.`,
    ...faults.map((fault) => `WITNESS FILE  ${fault}`),
  ];
  const { finding } = verdict;
  const data = { ...verdict, finding: finding ?? null, witness: witness !== undefined, faults };
  return { text: lines.join('\n'), data, exitCode: finding === undefined ? 0 : 1 };
}

function inWords({ good, states, covered, finding }: Verdict): string[] {
  const signed = `${states} signed states hold; the newest covers ${covered} entries.`;
  if (finding === undefined) return [`${good} entries are as they were written.`, signed];
  const { index, before, says } = finding;
  const where = index === before ? `entry ${index}` : `one of the entries ${index} to ${before}`;
  return [`WRONG  ${where}: ${says}.`, `${good} entries before are as they were written.`, signed];
}

function alsoUnplaced({ text, data }: Answer, count: number, first: string | null): Answer {
  const line = `WRONG  ${count} entries have no place, and nobody will give them one; the first is ${first}.`;
  return { text: `${text}\n${line}`, data: { ...Object(data), unplaced: count }, exitCode: 1 };
}
