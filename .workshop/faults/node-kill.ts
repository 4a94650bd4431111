import { type Fault, repeated, type Round } from './fault.ts';
import { pauseBetween } from './pause.ts';

/** The one API node there is; until it is back, nobody is answered. */
export const nodeKill: Fault = {
  name: 'node-kill',
  about: 'kill -9 of the only API node at a random moment under load, and its start again',
  rounds: [200, 3],
  run: (rounds) => repeated(rounds, { nodes: 1 }, nodesKilled),
};

/** All API nodes at once, wherever they are. */
export const nodesKilled: Round = async (arena) => {
  const { nodes } = arena.stage;
  arena.start();
  await pauseBetween(150, 700);
  await Promise.all(nodes.map((node) => node.kill()));
  await arena.recovers(() => Promise.all(nodes.map((node) => node.start())));
};
