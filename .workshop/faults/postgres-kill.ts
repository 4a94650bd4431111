import { Arena } from './arena.ts';
import { type Fault, outcomeOf } from './fault.ts';
import { pauseBetween } from './pause.ts';

/** All of the database's processes at once, as when its machine is switched off and on. */
export const postgresKill: Fault = {
  name: 'postgres-kill',
  about: 'kill -9 of PostgreSQL, postmaster and backends, under load, and its start again',
  rounds: [25, 2],
  async run(rounds) {
    const arena = await Arena.open({ nodes: 2 });
    try {
      for (let round = 0; round < rounds; round += 1) {
        arena.start();
        await pauseBetween(300, 1_500);
        await arena.cluster.kill();
        await pauseBetween(0, 1_000);
        await arena.recovers(() => arena.cluster.launch());
        await arena.judge();
      }
      await arena.judge(true);
      return outcomeOf(arena, rounds);
    } finally {
      await arena.close();
    }
  },
};
