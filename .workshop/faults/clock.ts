import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Arena } from './arena.ts';
import { type Fault, outcomeOf, Skipped } from './fault.ts';
import { pause, pauseBetween } from './pause.ts';

const LIBRARIES = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`,
);
const HOUR_S = 3_600;
/** The library looks at its file once a second. */
const NOTICED_MS = 1_500;

/**
 * One of two API nodes goes by a clock that jumps an hour ahead and an hour back. It takes no tickets then,
 * since those are not in force by it: typed, and with the other node the next one is taken.
 */
export const clock: Fault = {
  name: 'clock',
  about: 'the clock of one of two API nodes jumps by an hour, ahead and back, under load',
  rounds: [20, 2],
  async run(rounds) {
    const library = LIBRARIES.find(existsSync);
    if (library === undefined) throw new Skipped('libfaketime is not here (Debian: faketime)');
    const folder = mkdtempSync(join(tmpdir(), 'hushfield-faults-clock-'));
    const file = join(folder, 'offset');
    const set = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    set(0);
    const arena = await Arena.open({
      nodes: 2,
      allowed: ['401 unauthorized'],
      apiEnvironment: (index) => (index === 0 ? fakedBy(library, file) : {}),
    });
    try {
      for (let round = 0; round < rounds; round += 1) {
        arena.start();
        await pauseBetween(200, 800);
        set(round % 2 === 0 ? HOUR_S : -HOUR_S);
        await pauseBetween(NOTICED_MS, 2 * NOTICED_MS);
        set(0);
        await arena.recovers(() => pause(NOTICED_MS));
        await arena.judge();
      }
      await arena.judge(true);
      return outcomeOf(arena, rounds);
    } finally {
      await arena.close();
      rmSync(folder, { recursive: true });
    }
  },
};

function fakedBy(library: string, file: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    // What counts from the start of the process is nobody's to set.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
