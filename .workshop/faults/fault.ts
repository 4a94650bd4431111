import type { Arena } from './arena.ts';

export type Fault = {
  readonly name: string;
  /** One line of `--help`. */
  readonly about: string;
  /** How many, and how many with `--quick`. */
  readonly rounds: readonly [whole: number, quick: number];
  /** @throws Skipped where this machine cannot do it. */
  run(rounds: number): Promise<Outcome>;
};

/** What a run of a fault has come to. */
export type Outcome = {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly wrong: readonly string[];
  readonly kinds: Readonly<Record<string, number>>;
  readonly longestMs: number;
  readonly recoveries: readonly number[];
  /** Said below the table. */
  readonly remarks: readonly string[];
};

/** Something is missing on this machine; said aloud, and no success. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

export function outcomeOf(
  { tally, ledger, recoveries }: Arena,
  rounds: number,
  remarks: readonly string[] = [],
): Outcome {
  const { acknowledged, kinds, longestMs } = tally;
  const { lost, wrong } = ledger;
  return { rounds, acknowledged, lost, wrong, kinds, longestMs, recoveries, remarks };
}
