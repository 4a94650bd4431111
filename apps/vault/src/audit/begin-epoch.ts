import {
  type Checkpoint,
  EMPTY_ROOT,
  Frontier,
  HASH_BYTES,
  signCheckpoint,
} from '@hushfield/crypto/tlog';
import { seconds } from '../clock.ts';
import { StartError } from '../config.ts';
import type { Scope, Sql } from '../db/sql.ts';
import type { Vault } from '../vault.ts';
import { storeCheckpoint } from './checkpoint-store.ts';
import { beginningOf, leavesHeld } from './epoch-of.ts';
import { grown } from './grown.ts';
import { insertDeploymentAudit } from './insert-audit.ts';
import { lockLog } from './log-head.ts';
import { type LogTrust, originOf, type SignedState, trustedCheckpoint } from './log-name.ts';
import { databaseLog, type LogSource } from './log-source.ts';
import { boundStay } from './sequence-batch.ts';
import { type AuditKeys, auditSigner } from './sign-when-due.ts';
import { grownFrom } from './tree-store.ts';
import { type Finding, verifyLog } from './verify-log.ts';
import type { Witnessed } from './witness-reading.ts';

const AS_ADMIN: Scope = { role: 'admin' };

/** What a new epoch would be, were it begun now. */
export type EpochPlan = {
  /** The epoch that the database is said to be in. */
  readonly inForce: number;
  /** How many entries the database has, all of which stay. */
  readonly size: number;
  /** How many the witness knows of. */
  readonly known: number;
  /** How many of those the database has no more. */
  readonly givenUp: number;
  /** Why none may be begun: something else differs than the end. */
  readonly finding: Finding | undefined;
  /** What the witness knows of those that stay. */
  readonly held: Frontier;
  /** The last state that is known of the log until now. */
  readonly after: Checkpoint;
  /** No epoch may have begun sooner than the newest that is known. */
  readonly notBefore: number;
};

/**
 * Compares the log of the database with what a witness knows, up to the end of the shorter one. Signed states
 * that are no states of the log stand aside: they say nothing of an entry, and may be what keeps the
 * witnesses from going on.
 *
 * @throws StartError for a witness file that does not hold together, or is of another log.
 */
export async function planEpoch(sql: Sql, trust: LogTrust, witness: Witnessed): Promise<EpochPlan> {
  const [fault] = witness.faults;
  if (fault !== undefined) throw new StartError(`The witness file cannot be followed: ${fault}.`);
  const log = await databaseLog(sql);
  const { size, epoch } = log;
  const leaves = leavesHeld(witness, await beginningOf(log, trust));
  const kept = leaves.subarray(0, size * HASH_BYTES);
  const states = new TrustedStates(log, trust);
  const { finding } = await verifyLog(states.source, { trust, witnessed: kept });
  const known = leaves.length / HASH_BYTES;
  const after = laterOf(states.last, witness, trust);
  return {
    ...{ inForce: epoch, size, known, finding },
    givenUp: Math.max(known - size, 0),
    held: grown(new Frontier(), kept),
    after: { origin: originOf(trust.name, after.epoch), size: after.size, root: after.root },
    notBefore: Math.max(after.epoch, witness.epoch) + 1,
  };
}

/** A log with those of its states alone that a key of it has signed, and the last of them that was read. */
class TrustedStates {
  readonly source: LogSource;
  last: SignedState | undefined;

  constructor(log: LogSource, trust: LogTrust) {
    const trusted = this.#trusted.bind(this, log, trust);
    this.source = { ...log, notes: trusted };
  }

  async *#trusted(log: LogSource, trust: LogTrust) {
    for await (const { size, note } of log.notes()) {
      const state = trustedCheckpoint(note, trust);
      if (state?.size !== size || state.epoch !== log.epoch) continue;
      this.last = state;
      yield { size, note };
    }
  }
}

/** Of the database's last state and the witness's, that of the later epoch, or else the larger. */
function laterOf(
  stored: SignedState | undefined,
  { epoch, frontier: { size, root } }: Witnessed,
  { name }: LogTrust,
): SignedState {
  const witnessed = { origin: originOf(name, epoch), epoch, size, root };
  if (stored === undefined) return size === 0 ? { ...witnessed, root: EMPTY_ROOT } : witnessed;
  return stored.epoch > epoch || (stored.epoch === epoch && stored.size > size)
    ? stored
    : witnessed;
}

/** Why it may not be begun, in a sentence; nothing when it may. */
export function refusalOf({ size, finding }: EpochPlan): string | undefined {
  if (size === 0)
    return 'The log of the database has no entry: it is another log, and no earlier state of this one.';
  if (finding === undefined) return undefined;
  const { index, before, says } = finding;
  const where = index === before ? `Entry ${index}` : `One of the entries ${index} to ${before}`;
  return `${where}: ${says}. An epoch gives up the end of a log, and nothing within.`;
}

/**
 * Begins the epoch: its first state is signed and stored, it is in force, and an entry says so, all of it or
 * nothing. Who can write the database has no key to do this with.
 *
 * @returns what the log is called from now on.
 * @throws StartError when it may not be begun, or the database has come further since it was planned.
 * @throws LogChanged when its entries have changed since.
 */
export async function beginEpoch(
  { sql: database, keys, now }: Pick<Vault, 'sql' | 'now'> & { readonly keys: AuditKeys },
  { name }: LogTrust,
  plan: EpochPlan,
): Promise<string> {
  const refusal = refusalOf(plan);
  if (refusal !== undefined) throw new StartError(refusal);
  const at = new Date(now());
  const epoch = Math.max(seconds(at.getTime()), plan.notBefore);
  const origin = originOf(name, epoch);
  const key = await auditSigner(keys);
  await database.transaction(AS_ADMIN, async (sql) => {
    await boundStay(sql);
    const { size, epoch: inForce } = await lockLog(sql);
    if (size !== plan.size || inForce !== plan.inForce)
      throw new StartError('The log went on meanwhile: look again what would be given up.');
    const { root } = await grownFrom(sql, [plan.held], size);
    const note = signCheckpoint(key, { origin, size, root, after: plan.after });
    await storeCheckpoint(sql, epoch, { size, note, createdAt: at });
    await sql.query('UPDATE audit_head SET epoch = $1', [epoch]);
    await insertDeploymentAudit(sql, { at, action: 'log.begin', resource: origin });
  });
  return origin;
}
