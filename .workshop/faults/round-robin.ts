import { Arena } from './arena.ts';
import { type Fault, outcomeOf } from './fault.ts';
import { pause } from './pause.ts';

const NODES = 3;
const EVERY_MS = 5_000;
/** Of five minutes: what is open is cleared up, and looked at. */
const JUDGED_EVERY = 10;

/** Clients that go on to the next node, as through a balancer that knows of no failure. */
export const roundRobin: Fault = {
  name: 'round-robin',
  about: 'one of three API nodes killed and started again every 5 seconds, for 5 minutes',
  rounds: [60, 2],
  async run(rounds) {
    const arena = await Arena.open({ nodes: NODES });
    try {
      arena.start();
      for (let round = 0; round < rounds; round += 1) {
        const next = performance.now() + EVERY_MS;
        const node = arena.nodes[round % NODES];
        await node?.kill();
        await arena.recovers(async () => {});
        await node?.start();
        await pause(Math.max(0, next - performance.now()));
        if (round % JUDGED_EVERY !== JUDGED_EVERY - 1) continue;
        await arena.judge();
        arena.start();
      }
      await arena.judge(true);
      return outcomeOf(arena, rounds);
    } finally {
      await arena.close();
    }
  },
};
