import { Arena } from './arena.ts';
import { type Fault, outcomeOf } from './fault.ts';
import { pauseBetween } from './pause.ts';

/** The one API node there is; until it is back, nobody is answered. */
export const nodeKill: Fault = {
  name: 'node-kill',
  about: 'kill -9 of the only API node at a random moment under load, and its start again',
  rounds: [200, 3],
  async run(rounds) {
    const arena = await Arena.open();
    try {
      const [node] = arena.nodes;
      for (let round = 0; round < rounds; round += 1) {
        arena.start();
        await pauseBetween(150, 700);
        await node?.kill();
        await arena.recovers(async () => node?.start());
        await arena.judge();
      }
      await arena.judge(true);
      return outcomeOf(arena, rounds);
    } finally {
      await arena.close();
    }
  },
};
