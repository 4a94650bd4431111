import { type LogTrust, originOf, type SignedState } from '../audit/log-name.ts';
import type { Witnessed } from '../audit/witness-reading.ts';

/** One line of a verdict. */
export type Line = { readonly text: string; readonly isWrong?: boolean };

type Seen = {
  /** The epoch that the log is said to be in. */
  readonly epoch: number;
  readonly beginning: SignedState | undefined;
  readonly witness: Witnessed | undefined;
  /** The newest epoch that whoever verifies has heard of elsewhere. */
  readonly since: number;
};

/** What has to be said of the epochs of a log: nothing, as long as there was only the first. */
export function epochLines(trust: LogTrust, { epoch, beginning, witness, since }: Seen): Line[] {
  const nameOf = (each: number) => originOf(trust.name, each);
  const newest = Math.max(since, witness?.epoch ?? 0);
  const lines: Line[] = [];
  if (epoch < newest)
    lines.push({
      text: `the log is ${nameOf(epoch)}, and has become ${nameOf(newest)}`,
      isWrong: true,
    });
  if (beginning !== undefined) lines.push({ text: begun(beginning) });
  else if (epoch > 0)
    lines.push({ text: `no key of the log has begun ${nameOf(epoch)}`, isWrong: true });
  for (const { epoch: entered, size, known } of witness?.epochs ?? [])
    lines.push({
      text: `The witness followed it into ${nameOf(entered)} with ${Math.min(size, known)} of ${known} entries.`,
    });
  if (witness !== undefined && witness.epoch < (beginning?.epoch ?? 0))
    lines.push({ text: `The witness has not come so far: it is in ${nameOf(witness.epoch)}.` });
  return lines;
}

function begun({ origin, epoch, size, after }: SignedState): string {
  const at = new Date(epoch * 1_000).toISOString();
  const before = `${after?.size ?? 0} of ${after?.origin}`;
  return `The log is ${origin}, begun ${at} with ${size} entries, after ${before} were signed for.`;
}
