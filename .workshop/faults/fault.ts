import { Arena, type ArenaWish } from './arena.ts';

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
  /** Security codes that are not held any more: volatile by design, and counted apart. */
  readonly codesGone: number;
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

/** Breaks something in a deployment whose clients stand still, and mends it while they work. */
export type Round = (arena: Arena, round: number) => Promise<void>;

/**
 * Does a fault so often, judges after each, and all of it in the end.
 *
 * @param remarks - what is to be said of it, asked in the end.
 */
export async function repeated(
  rounds: number,
  wish: ArenaWish,
  round: Round,
  remarks: () => readonly string[] = () => [],
): Promise<Outcome> {
  const arena = await Arena.open(wish);
  try {
    for (let done = 0; done < rounds; done += 1) {
      await round(arena, done);
      await arena.judge();
    }
    await arena.judge(true);
    return outcomeOf(arena, rounds, remarks());
  } finally {
    await arena.close();
  }
}

/** What a run has come to, from what its arena has seen. */
export function outcomeOf(
  { tally, ledger, recoveries }: Arena,
  rounds: number,
  remarks: readonly string[],
): Outcome {
  const { acknowledged, kinds, longestMs } = tally;
  const { lost, wrong, codesGone } = ledger;
  return {
    ...{ rounds, acknowledged, lost, wrong, codesGone },
    ...{ kinds, longestMs, recoveries, remarks },
  };
}
