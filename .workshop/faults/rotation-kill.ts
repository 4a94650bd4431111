import { randomInt } from 'node:crypto';
import type { Arena } from './arena.ts';
import { type Fault, repeated, type Round } from './fault.ts';
import { command } from './node.ts';
import { pause } from './pause.ts';
import { ROTATIONS, type Rotation } from './rotations.ts';
import type { Stage } from './stage.ts';

/** Of the time that a command takes which opens the vault and does next to nothing. */
const OPENED = 0.7;
/** At the least, where the work of a rotation is hardly more than the opening. */
const LEAST_SPAN_MS = 60;
/** A killed rotation holds its tenant's keys for so long; passed by, but for the first time. */
const CLAIM_RUNS_OUT = "UPDATE claims SET until = clock_timestamp() - interval '1 second'";
const SMALL_STORE = 30;
const LOOK_MS = 50;
/** Rounds. */
const RESTARTED_EVERY = 10;
const SLOWER = 1.03;
/** Tries to hit the command while it runs: it may end before. */
const TRIES = 10;

/** `kill -9` of the command at any moment of its work, while the vault serves; then it is run to its end. */
export const rotationKills: readonly Fault[] = ROTATIONS.map((rotation) => ({
  name: `rotation-kill:${rotation.name}`,
  about: `kill -9 of: hushfield ${rotation.words.join(' ')}; and that again, to its end`,
  rounds: [200, 2],
  run(rounds: number) {
    const span: Span = { from: 0, to: 0, kills: 0 };
    const remarks = () => [
      `${span.kills} kills, ${span.from} to ${span.to} ms after the start of the command`,
    ];
    // Few: the store should not grow so much that a round is spent on sealing it again.
    const wish = { clients: 2, restMs: 250, allowed: rotation.allowed ?? [] };
    return repeated(rounds, wish, rotationKilled(rotation, span), remarks);
  },
}));

/** When the work of a command begins and ends, in milliseconds after its start. */
export type Span = { from: number; to: number; kills: number };

export function rotationKilled(rotation: Rotation, span: Span): Round {
  return async (arena, round) => {
    arena.start();
    while (arena.tally.acknowledged < SMALL_STORE) await pause(LOOK_MS);
    if (span.to === 0) await measure(arena, rotation, span);
    await killOne(arena, rotation, span);
    if (round > 0) await arena.stage.cluster.ask(CLAIM_RUNS_OUT);
    const { status, stderr, stdout } = await command(arena.stage.deployment, rotation.words);
    if (status !== 0) arena.ledger.note('wrong', `the second run ended: ${stderr}${stdout}`);
    await arena.stop();
    for (const half of await rotation.halves(arena.stage)) arena.ledger.note('wrong', half);
    // What nodes hold in memory may hide what is gone.
    if (round % RESTARTED_EVERY === 1) await restarted(arena.stage);
  };
}

async function killOne(arena: Arena, rotation: Rotation, span: Span): Promise<void> {
  const { deployment } = arena.stage;
  for (let left = TRIES; left > 0; left -= 1) {
    await rotation.before?.(arena.stage);
    const killAfter = randomInt(span.from, span.to);
    const { status, ms } = await command(deployment, rotation.words, { killAfter });
    adapt(span, status === null ? undefined : ms);
    if (status !== null) continue;
    span.kills += 1;
    return;
  }
}

/** A machine that has other work too is now slower and now faster. */
function adapt(span: Span, endedAfter: number | undefined): void {
  const to = endedAfter === undefined ? span.to * SLOWER : (span.to + endedAfter) / 2;
  span.from = Math.round(Math.min(span.from, to * OPENED));
  span.to = Math.round(Math.max(to, span.from + LEAST_SPAN_MS));
}

async function restarted({ front, nodes }: Stage): Promise<void> {
  for (const node of [front, ...nodes]) {
    await node.kill();
    await node.start();
  }
}

async function measure({ stage }: Arena, rotation: Rotation, span: Span): Promise<void> {
  const opening = await command(stage.deployment, ['tenant', 'list']);
  await rotation.before?.(stage);
  const whole = await command(stage.deployment, rotation.words);
  if (whole.status !== 0) throw new Error(`${rotation.name}: ${whole.stderr}${whole.stdout}`);
  span.from = Math.round(opening.ms * OPENED);
  span.to = Math.max(Math.round(whole.ms), span.from + LEAST_SPAN_MS);
}
