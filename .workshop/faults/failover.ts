import { renameSync } from 'node:fs';
import type { Cluster } from './cluster.ts';
import { type Fault, repeated, type Round } from './fault.ts';
import { pause, pauseBetween } from './pause.ts';

const NAMES = "'ANY 1 (replica)'";
const LOOK_MS = 100;
const FOLLOWS_MS = 30_000;

/** The machine of the primary is gone, with its disk; the replica that had to confirm every commit takes over. */
export const failover: Fault = {
  name: 'failover',
  about: 'the primary killed and its data gone, and its synchronous replica promoted',
  rounds: [20, 1],
  run: (rounds) =>
    repeated(rounds, { nodes: 2, moves: true }, failedOver, () => [
      'nodes reach the new primary through an address that moves, and are not started again',
    ]),
};

export const failedOver: Round = async (arena) => {
  const primary = arena.stage.cluster;
  const replica = await follow(primary);
  arena.start();
  await pauseBetween(500, 2_500);
  await primary.kill();
  renameSync(primary.data, `${primary.data}.unreachable`);
  await arena.recovers(async () => {
    await replica.ask('SELECT pg_promote()');
    arena.stage.moveTo(replica);
  });
};

/** Makes a replica, and lets no commit be acknowledged from then on that it does not have. */
async function follow(primary: Cluster): Promise<Cluster> {
  const replica = await primary.replica('replica');
  await primary.ask(`ALTER SYSTEM SET synchronous_standby_names = ${NAMES}`);
  await primary.ask('SELECT pg_reload_conf()');
  for (const until = performance.now() + FOLLOWS_MS; performance.now() < until; ) {
    const rows = await primary.ask('SELECT sync_state FROM pg_stat_replication');
    if (rows.some((row) => row['sync_state'] === 'quorum')) return replica;
    await pause(LOOK_MS);
  }
  await replica.remove();
  throw new Error('the replica does not follow');
}
