import { renameSync } from 'node:fs';
import { Arena } from './arena.ts';
import type { Cluster } from './cluster.ts';
import { type Fault, outcomeOf } from './fault.ts';
import { Forwarder } from './forwarder.ts';
import { pause, pauseBetween } from './pause.ts';

const NAMES = "'ANY 1 (replica)'";
const LOOK_MS = 100;
const FOLLOWS_MS = 30_000;

/** The machine of the primary is gone, with its disk; the replica that had to confirm every commit takes over. */
export const failover: Fault = {
  name: 'failover',
  about: 'the primary killed and its data gone, and its synchronous replica promoted',
  rounds: [10, 1],
  async run(rounds) {
    let forwarder: Forwarder | undefined;
    const arena = await Arena.open({
      nodes: 2,
      through: async ({ url, port }) => {
        forwarder = await Forwarder.to(port);
        return url.replace(`:${port}/`, `:${forwarder.port}/`);
      },
    });
    const clusters: Cluster[] = [arena.cluster];
    try {
      let primary = arena.cluster;
      for (let round = 0; round < rounds; round += 1) {
        const replica = await follow(primary);
        clusters.push(replica);
        arena.start();
        await pauseBetween(500, 2_500);
        await primary.kill();
        renameSync(primary.data, `${primary.data}.unreachable`);
        await arena.recovers(async () => {
          await replica.ask('SELECT pg_promote()');
          if (forwarder !== undefined) forwarder.target = replica.port;
        });
        primary = replica;
        arena.databaseUrl = replica.url;
        await arena.judge();
      }
      await arena.judge(true);
      return outcomeOf(arena, rounds, [REACHED]);
    } finally {
      await arena.close();
      for (const cluster of clusters) await cluster.remove();
      forwarder?.close();
    }
  },
};

const REACHED = 'nodes reach the new primary through an address that moves, without a start';

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
  throw new Error('the replica does not follow');
}
