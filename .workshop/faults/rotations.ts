import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from './stage.ts';
import { pause } from './pause.ts';

/** A rotation of keys, and how a half of one is told. */
export type Rotation = {
  readonly name: string;
  readonly words: readonly string[];
  /** Makes it possible once more, where the clock would forbid it. */
  readonly before?: (stage: Stage) => Promise<void>;
  /** Refusals that it causes by what is promised. */
  readonly allowed?: readonly string[];
  /** What a run to the end may not leave, each in a sentence. */
  readonly halves: (stage: Stage) => Promise<readonly string[]>;
};

const DEPLOYMENT = `ten_${'0'.repeat(22)}`;
const SECOND_MS = 1_000;
const rotate = (...words: readonly string[]) => ['keys', 'rotate', '--what', ...words];

export const ROTATIONS: readonly Rotation[] = [
  { name: 'data-keys', words: rotate('data-keys'), halves: dataKeyHalves },
  { name: 'fingerprint', words: rotate('fingerprint'), halves: fingerprintHalves },
  { name: 'kek', words: rotate('kek'), halves: kekHalves },
  { name: 'receive', words: rotate('receive'), halves: receiveHalves },
  {
    ...{ name: 'receive-now', words: rotate('receive', '--now'), halves: receiveHalves },
    // What is on its way does not open: its frame loads itself anew and seals again.
    allowed: ['400 invalid_request'],
  },
  secret('manifest', false),
  secret('audit', false),
  secret('ticket', true),
  secret('session', true),
  secret('pepper', true),
];

/** A key that waits for its time; or one that is in use at once. */
function secret(name: string, waits: boolean): Rotation {
  return {
    ...{ name, words: rotate(name) },
    // Else a second rotation would take the one that waits for its own, and do nothing.
    ...(waits ? { before: (stage: Stage) => forgetWaiting(stage, name) } : {}),
    halves: (stage) => secretHalves(stage, name),
  };
}

/** Nobody has used it: it is as if it had never been made. */
async function forgetWaiting(stage: Stage, name: string): Promise<void> {
  for (const from of waiting(stage, name)) rmSync(join(keysOf(stage), `${name}.${from}`));
  await stage.cluster.ask(`DELETE FROM newest_secrets WHERE name = '${name}'`);
  // Two of one second would have one name.
  await pause(SECOND_MS);
}

async function secretHalves(stage: Stage, name: string): Promise<string[]> {
  const made = waiting(stage, name);
  const wrong: string[] = [];
  for (const from of made) {
    const n = await entries(stage, DEPLOYMENT, `${name}.rotate`, `= '${from}'`);
    if (n !== 1) wrong.push(`${n} entries for a new key of ${name}`);
  }
  const [row] = await stage.cluster.ask(
    `SELECT used_from FROM newest_secrets WHERE name = '${name}'`,
  );
  if (Number(row?.['used_from']) !== made.at(-1)) wrong.push(`the newest ${name} is not noted`);
  return wrong;
}

async function dataKeyHalves(stage: Stage): Promise<string[]> {
  const { tenant } = stage.merchant;
  const one = `SELECT data_key_id FROM data_keys WHERE tenant = '${tenant}' AND retired_at IS NULL`;
  const inForce = await stage.cluster.ask(one);
  const others = await stage.cluster.ask(`
    SELECT (SELECT count(*) FROM cards WHERE tenant = '${tenant}' AND data_key_id NOT IN (${one}))
      + (SELECT count(*) FROM idempotent_answers
         WHERE tenant = '${tenant}' AND data_key_id NOT IN (${one})) AS n`);
  const quiet = await stage.cluster.ask(`
    SELECT data_key_id FROM data_keys k WHERE tenant = '${tenant}' AND NOT EXISTS (
      SELECT FROM audit_entries WHERE tenant = '${tenant}' AND action = 'data_key.rotate'
      AND resource = k.data_key_id)`);
  return [
    ...(inForce.length === 1 ? [] : [`${inForce.length} data keys are in force`]),
    ...(Number(others[0]?.['n']) === 0 ? [] : ['something lies under a data key before']),
    // The first was made with its tenant.
    ...(quiet.length <= 1 ? [] : [`${quiet.length - 1} data keys have no entry`]),
  ];
}

async function fingerprintHalves(stage: Stage): Promise<string[]> {
  const { tenant } = stage.merchant;
  const rows = await stage.cluster.ask(
    `SELECT DISTINCT fingerprint_key AS number FROM tokens WHERE tenant = '${tenant}'`,
  );
  if (rows.length !== 1) return [`tokens have fingerprints under ${rows.length} keys`];
  const number = String(rows[0]?.['number']);
  const n = await entries(stage, tenant, 'fingerprint_key.rotate', `= '${number}'`);
  return n >= 1 ? [] : ['a fingerprint key has no entry'];
}

async function kekHalves(stage: Stage): Promise<string[]> {
  const numbers = readdirSync(keysOf(stage)).flatMap((file) => {
    const match = /^kek(?:\.(\d{4}))?$/.exec(file);
    return match === null ? [] : [Number(match[1] ?? 1)];
  });
  const wrong = numbers.length === 1 ? [] : [`${numbers.length} KEKs are there`];
  for (let number = 2; number <= Math.max(...numbers); number += 1)
    if ((await entries(stage, DEPLOYMENT, 'kek.rotate', `= '${number}'`)) === 0)
      wrong.push(`KEK ${number} has no entry`);
  return wrong;
}

async function receiveHalves(stage: Stage): Promise<string[]> {
  const n = await entries(stage, DEPLOYMENT, 'receive.rotate', "<> ''");
  return n >= 1 ? [] : ['a receive key has no entry'];
}

async function entries(stage: Stage, tenant: string, action: string, resource: string) {
  const [row] = await stage.cluster.ask(`
    SELECT count(*)::int AS n FROM audit_entries
    WHERE tenant = '${tenant}' AND action = '${action}' AND resource ${resource}`);
  return Number(row?.['n']);
}

function keysOf({ deployment }: Stage): string {
  return join(deployment.folder, 'data', 'keys');
}

/** Since when each key of a name but its first is in use, or is to be; oldest first. */
function waiting(stage: Stage, name: string): number[] {
  const own = new RegExp(String.raw`^${name}\.(\d+)$`);
  return readdirSync(keysOf(stage))
    .flatMap((file) => Number(own.exec(file)?.[1] ?? 0) || [])
    .sort((a, b) => a - b);
}
