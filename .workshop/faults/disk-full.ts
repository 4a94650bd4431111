import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Arena } from './arena.ts';
import type { Cluster } from './cluster.ts';
import { type Fault, outcomeOf, Skipped } from './fault.ts';
import { pause, pauseBetween } from './pause.ts';

const SIZE = '192m';
const PORTION = 1 << 16;
const FULL_MS = 4_000;
const LOOK_MS = 200;

/** A small disk of its own, with the data and the log of changes of the database. */
export const diskFull: Fault = {
  name: 'disk-full',
  about: 'the disk of the database full for some seconds under load, and space again',
  rounds: [10, 2],
  async run(rounds) {
    const folder = smallDisk();
    try {
      return await fillAndEmpty(folder, rounds);
    } finally {
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function fillAndEmpty(folder: string, rounds: number) {
  const settings = { max_wal_size: '16MB', min_wal_size: '8MB' };
  const arena = await Arena.open({ nodes: 2, cluster: { folder, settings } });
  let ended = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      arena.start();
      await pauseBetween(500, 1_500);
      const empty = await fullFor(folder, FULL_MS);
      await arena.recovers(async () => {
        empty();
        ended += await startedWhereEnded(arena.cluster);
      });
      await arena.judge();
    }
    await arena.judge(true);
    return outcomeOf(arena, rounds, [
      `no node was started again; PostgreSQL ended itself ${ended} times, and was`,
    ]);
  } finally {
    await arena.close();
  }
}

/** @throws Skipped where nobody may mount. */
function smallDisk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-faults-disk-'));
  const { status, stderr } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder],
    { encoding: 'utf8' },
  );
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  throw new Skipped(`a small disk cannot be mounted here: ${stderr.trim()}`);
}

/**
 * Leaves no byte free for a while: what is given back meanwhile is taken too.
 *
 * @returns what makes room again.
 */
async function fullFor(folder: string, ms: number): Promise<() => void> {
  const path = join(folder, 'filler');
  const file = openSync(path, 'w');
  for (const until = performance.now() + ms; performance.now() < until; ) {
    while (written(file, PORTION));
    while (written(file, 1));
    await pause(LOOK_MS);
  }
  return () => {
    closeSync(file);
    rmSync(path);
  };
}

function written(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) > 0;
  } catch {
    return false;
  }
}

/** Without room for its log of changes it ends itself, and whoever supervises it starts it. */
async function startedWhereEnded(cluster: Cluster): Promise<number> {
  await pause(LOOK_MS);
  if (cluster.isUp) return 0;
  await cluster.launch();
  return 1;
}
