import { randomInt } from 'node:crypto';
import { Arena } from './arena.ts';
import { type Fault, outcomeOf } from './fault.ts';
import { command } from './node.ts';
import { pause } from './pause.ts';
import { ROTATIONS, type Rotation } from './rotations.ts';

/** Of the time that a command takes which opens the vault and does next to nothing. */
const OPENED = 0.7;
/** A killed rotation holds its tenant's keys for so long: passed by, but in the first rounds. */
const CLAIM_RUNS_OUT = "UPDATE claims SET until = clock_timestamp() - interval '1 second'";
const WAITED_ROUNDS = 1;
const SMALL_STORE = 40;

/** `kill -9` of the command at any moment of its work, while the vault serves; then it is run to its end. */
export const rotationKills: readonly Fault[] = ROTATIONS.map((rotation) => ({
  name: `rotation-kill:${rotation.name}`,
  about: `kill -9 of: hushfield ${rotation.words.join(' ')}; and that again, to its end`,
  rounds: [200, 2],
  run: (rounds: number) => killed(rotation, rounds),
}));

async function killed(rotation: Rotation, rounds: number) {
  const arena = await Arena.open({ clients: 3, restMs: 60 });
  try {
    arena.start();
    while (arena.tally.acknowledged < SMALL_STORE) await pause(50);
    const span = await measured(arena, rotation);
    let kills = 0;
    let runs = 0;
    for (; kills < rounds; runs += 1) {
      await rotation.before?.(arena);
      const killAfter = randomInt(span.from, span.to);
      const first = await command(arena.deployment, rotation.words, { killAfter });
      if (first.status === null) kills += 1;
      if (runs >= WAITED_ROUNDS) await arena.sql(CLAIM_RUNS_OUT);
      await toItsEnd(arena, rotation);
      await arena.judge();
      arena.start();
    }
    // What nodes hold in memory may hide what has gone: they start again.
    for (const node of [arena.front, ...arena.nodes]) await node.kill().then(() => node.start());
    await arena.judge(true);
    const remark = `${kills} kills in ${runs} runs, ${span.from} to ${span.to} ms after the start`;
    return outcomeOf(arena, kills, [remark]);
  } finally {
    await arena.close();
  }
}

/** When its work begins and ends, in milliseconds after its start. */
async function measured({ deployment }: Arena, rotation: Rotation) {
  const opening = await command(deployment, ['tenant', 'list']);
  const whole = await command(deployment, rotation.words);
  if (whole.status !== 0) throw new Error(`${rotation.name}: ${whole.stderr}${whole.stdout}`);
  const from = Math.round(opening.ms * OPENED);
  return { from, to: Math.max(Math.round(whole.ms), from + 50) };
}

/** A second run, and what it must have left. */
async function toItsEnd(arena: Arena, rotation: Rotation): Promise<void> {
  const { ledger, deployment } = arena;
  const { status, stderr, stdout } = await command(deployment, rotation.words);
  if (status !== 0) ledger.note('wrong', `the second run ended with ${status}: ${stderr}${stdout}`);
  await arena.between(async () => {
    for (const wrong of await rotation.halves(arena)) ledger.note('wrong', wrong);
  });
}
