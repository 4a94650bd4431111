import * as z from 'zod';
import { beginEpoch, type EpochPlan, planEpoch, refusalOf } from '../../audit/begin-epoch.ts';
import { StartError } from '../../config.ts';
import { noteReading, ownTrust, witnessOf } from '../audit-trust.ts';
import { type Answer, type Command, UsageError } from '../command.ts';
import { withVault } from '../with-vault.ts';

const Asked = z.strictObject({
  witness: z.string().min(1).optional(),
  'give-up': z
    .string()
    .regex(/^(?:0|[1-9]\d{0,14})$/, 'is not a number of entries')
    .transform(Number)
    .optional(),
});

export const auditBegin: Command = {
  name: 'audit begin',
  summary: 'begin a new epoch of the audit log, after the database was put back',
  about: `A database that was put back to an earlier state has lost the end of the log. Workers, whose witness files
know that end, sign nothing further and give no places, until it is given up in public: a new epoch of the log
takes over the entries that are there, under a name with the second in which it began, and its first state,
signed by the key of the log, says after which state of before. Workers that run go on with it by themselves.

Run it after a restore that was yours, before anything else is done with the log, with the witness that
knows most. Without --give-up it says how many entries would be lost, and ends with 1. It refuses when an
entry differs that stays: then the log was changed, and a backup from before that is the way back. With
--give-up 0 it leaves behind a state that somebody has put into the database and no key of the log has signed.`,
  example: 'hushfield audit begin --give-up 711',
  options: {
    witness: {
      type: 'string',
      value: 'file',
      says: 'what a worker has seen of the log; else our own',
    },
    'give-up': { type: 'string', value: 'n', says: 'how many entries, exactly; begins the epoch' },
  },
  run: (desk, given) =>
    withVault(desk, async (vault, { witnessFile }) => {
      const { witness: path, 'give-up': wanted } = Asked.parse(given);
      const trust = await ownTrust(vault);
      const witness = await witnessOf(path ?? witnessFile, path !== undefined, trust);
      if (witness === undefined)
        throw new StartError('There is no witness file here: name a worker’s with --witness.');
      await noteReading(vault);
      const plan = await planEpoch(vault.sql.as('admin'), trust, witness);
      const refusal = refusalOf(plan);
      if (refusal !== undefined) throw new StartError(refusal);
      if (wanted === undefined) return foreseen(plan);
      if (wanted !== plan.givenUp)
        throw new UsageError(`--give-up: it would be ${plan.givenUp}, and not ${wanted}.`);
      return begun(plan, await beginEpoch(vault, trust, plan));
    }),
};

function foreseen(plan: EpochPlan): Answer {
  const { size, known, givenUp } = plan;
  const text =
    givenUp === 0
      ? `The database has ${size} entries, and the witness knows of ${known}: none would be given up.`
      : `The database has ${size} entries, and the witness knows of ${known}: ${givenUp} would be given up, from ${size} on.`;
  return {
    text: `${text}\nTo begin a new epoch: --give-up ${givenUp}`,
    data: { ...countsOf(plan), name: null },
    exitCode: 1,
  };
}

function begun(plan: EpochPlan, name: string): Answer {
  const { size, givenUp } = plan;
  const lost = givenUp === 0 ? 'no entry is' : `${givenUp} entries are`;
  const text = `The log is ${name} from now on, with ${size} entries; ${lost} given up.
Workers that run go on with it within seconds. Hand out what \`hushfield audit key\` prints now.`;
  return { text, data: { ...countsOf(plan), name } };
}

function countsOf({ size, known, givenUp }: EpochPlan) {
  return { entries: size, witnessed: known, givenUp };
}
