import { type Fault, repeated, type Round } from './fault.ts';
import { pause } from './pause.ts';

const NODES = 3;
const EVERY_MS = 5_000;

/** Clients that go on to the next node, as through a balancer that knows of no failure. */
export const roundRobin: Fault = {
  name: 'round-robin',
  about: 'one of three API nodes killed and started again every 5 seconds, for 5 minutes',
  rounds: [60, 2],
  run: (rounds) => repeated(rounds, { nodes: NODES }, oneKilled),
};

/** The next of the nodes; the others go on. */
export const oneKilled: Round = async (arena, round) => {
  const next = performance.now() + EVERY_MS;
  const node = arena.stage.nodes[round % arena.stage.nodes.length];
  arena.start();
  await pause(EVERY_MS / 10);
  await node?.kill();
  await arena.recovers(async () => {});
  await node?.start();
  await pause(Math.max(0, next - performance.now()));
};
