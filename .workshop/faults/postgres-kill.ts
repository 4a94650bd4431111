import { type Fault, repeated, type Round } from './fault.ts';
import { pauseBetween } from './pause.ts';

/** All of the database's processes at once, as when its machine is switched off and on. */
export const postgresKill: Fault = {
  name: 'postgres-kill',
  about: 'kill -9 of PostgreSQL, postmaster and backends, under load, and its start again',
  rounds: [50, 2],
  run: (rounds) => repeated(rounds, { nodes: 2 }, postgresKilled),
};

export const postgresKilled: Round = async (arena) => {
  const { cluster } = arena.stage;
  arena.start();
  await pauseBetween(300, 1_500);
  await cluster.kill();
  await pauseBetween(0, 1_000);
  await arena.recovers(() => cluster.launch());
};
