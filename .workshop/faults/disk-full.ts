import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster, ClusterWish } from './cluster.ts';
import { type Fault, repeated, type Round, Skipped } from './fault.ts';
import { pause, pauseBetween } from './pause.ts';

const SIZE = '192m';
const PORTION = 1 << 16;
const FULL_MS = 4_000;
const LOOK_MS = 200;
/** For a database that recovers; it takes a second or two. */
const PATIENCE_MS = 20_000;

/** A small disk of its own, with the data and the log of changes of the database. */
export const diskFull: Fault = {
  name: 'disk-full',
  about: 'the disk of the database full for some seconds under load, and space again',
  rounds: [20, 2],
  async run(rounds) {
    const disk = smallDisk();
    try {
      return await repeated(
        rounds,
        { nodes: 2, cluster: disk.cluster },
        filled(disk),
        disk.remarks,
      );
    } finally {
      disk.remove();
    }
  },
};

/** Fills it, looks on, and gives the room back. */
export function filled(disk: SmallDisk): Round {
  return async (arena, round) => {
    const { cluster } = arena.stage;
    const before = cluster.panics;
    arena.start();
    await pauseBetween(500, 1_500);
    const empty = fill(disk.folder);
    // Tables need new room first. Every other time, so does the log of changes: then all is given up.
    if (round % 2 === 1) await cluster.ask('SELECT pg_switch_wal()').catch(() => {});
    await pause(FULL_MS);
    await arena.recovers(async () => {
      empty();
      await startedWhereEnded({ cluster, disk });
    });
    disk.panics += cluster.panics - before;
  };
}

export type SmallDisk = {
  readonly folder: string;
  readonly cluster: ClusterWish;
  /** How often the database gave up all that was under way, and how often it ended itself. */
  panics: number;
  ended: number;
  /** Or served nobody any more, with room on its disk. */
  stuck: number;
  readonly remarks: () => readonly string[];
  readonly remove: () => void;
};

/** @throws Skipped where nobody may mount. */
export function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-faults-disk-'));
  const words = ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder];
  const { status, stderr } = spawnSync('mount', words, { encoding: 'utf8' });
  const disk: SmallDisk = {
    ...{ folder, panics: 0, ended: 0, stuck: 0 },
    // A small log of changes soon needs new room.
    cluster: { folder, settings: { max_wal_size: '8MB', min_wal_size: '2MB', wal_recycle: 'off' } },
    remarks: () => [
      `PostgreSQL panicked ${disk.panics} times, ended itself ${disk.ended} times and stood for good ${disk.stuck} times; no node was started again`,
    ],
    remove: () => {
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  // A signal ends the run where it is, and a mount outlives its process.
  process.once('exit', disk.remove);
  if (status === 0) return disk;
  disk.remove();
  throw new Skipped(`a small disk cannot be mounted here: ${stderr.trim()}`);
}

/** Leaves no byte free, until what it gives makes room again. */
function fill(folder: string) {
  const path = join(folder, 'filler');
  const file = openSync(path, 'w');
  const more = () => {
    while (written(file, PORTION));
    while (written(file, 1));
  };
  const timer = setInterval(more, LOOK_MS);
  more();
  return () => {
    clearInterval(timer);
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

/**
 * Without room for its log of changes it ends itself, and whoever supervises it starts it. So would they where
 * it is there and serves nobody: seen once in a hundred, a PostgreSQL 18 that had lost the process which recovers
 * it, and waited for that for ever.
 */
async function startedWhereEnded({ cluster, disk }: Supervised): Promise<void> {
  await pause(LOOK_MS);
  if (cluster.isUp && !(await serves(cluster))) {
    disk.stuck += 1;
    await cluster.kill();
    return cluster.launch();
  }
  if (cluster.isUp) return;
  disk.ended += 1;
  await cluster.launch();
}

type Supervised = { readonly cluster: Cluster; readonly disk: SmallDisk };

async function serves(cluster: Cluster): Promise<boolean> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    if (!cluster.isUp) return true;
    const [row] = await cluster.ask('SELECT 1').catch(() => []);
    if (row !== undefined) return true;
    await pause(LOOK_MS);
  }
  return false;
}
