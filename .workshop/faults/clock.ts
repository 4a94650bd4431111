import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, repeated, type Round, Skipped } from './fault.ts';
import { pause, pauseBetween } from './pause.ts';

const LIBRARIES = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`,
);
const HOUR_S = 3_600;
/** The library looks at its file once a second. */
const NOTICED_MS = 1_500;
/** What a ticket is told that has run out by a clock, or not begun. */
export const NOT_IN_FORCE = '401 unauthorized';

/**
 * One API node goes by a clock that jumps an hour ahead, or an hour back, and then is right again. It takes no
 * tickets meanwhile, since those are not in force by it: typed, and the next one is taken by another node.
 */
export const clock: Fault = {
  name: 'clock',
  about: 'the clock of one of two API nodes jumps by an hour, ahead and back, under load',
  rounds: [50, 2],
  async run(rounds) {
    const hand = fakeClock();
    const wish = { nodes: 2, apiEnvironment: hand.ofFirst, allowed: [NOT_IN_FORCE] };
    try {
      return await repeated(rounds, wish, jumped(hand));
    } finally {
      hand.remove();
    }
  },
};

export function jumped(hand: FakeClock): Round {
  return async (arena, round) => {
    arena.start();
    await pauseBetween(200, 800);
    hand.set(round % 2 === 0 ? HOUR_S : -HOUR_S);
    await pauseBetween(NOTICED_MS, 2 * NOTICED_MS);
    await arena.recovers(async () => hand.set(0));
    await pause(NOTICED_MS);
  };
}

/** A clock that a running process goes by, and that is set from here. */
export type FakeClock = {
  /** Lets the first API node go by it. */
  readonly ofFirst: (index: number) => Readonly<Record<string, string>>;
  /** So much off the true time. */
  set(seconds: number): void;
  remove(): void;
};

/** @throws Skipped where the library is not. */
export function fakeClock(): FakeClock {
  const library = LIBRARIES.find((file) => existsSync(file));
  if (library === undefined) throw new Skipped('libfaketime is not here (Debian: faketime)');
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-faults-clock-'));
  const file = join(folder, 'offset');
  const set = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  set(0);
  const environment = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    // What counts from the start of the process is nobody's to set.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const ofFirst = (index: number) => (index === 0 ? environment : {});
  return { ofFirst, set, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
