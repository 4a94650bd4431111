import { seconds } from '../clock.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
import { noteMade } from '../keys/newest-secrets.ts';
import { type SecretFile, secretFiles } from '../keys/secret-files.ts';
import type { Rotating } from './rotate-data-keys.ts';

/**
 * How long before its use a new key is there, and how long after its use an old one stays, in seconds.
 * A node learns of a new key within five minutes, and a ticket lives for thirty. Only the worker signs
 * manifests; frames take them by the delegation they come with.
 */
const TIMES = {
  ticket: { ahead: 600, after: 2_400 },
  // No document is in use for so long that it would meet a session under a key it was not told of; and
  // the last session under a key runs out an hour after the next one is in use.
  session: { ahead: 2_400, after: 4_200 },
  manifest: { ahead: 0, after: 600 },
  // Every worker knows the public half by the time the first state is signed with it, and has it for good.
  audit: { ahead: 600, after: 600 },
  // What was asked under a name is remembered for a day, and the name is made with the pepper.
  pepper: { ahead: 600, after: 24 * 3_600 + 600 },
} as const;

export type RotatedSecret = keyof typeof TIMES;
/** Those that end by the clock alone. */
export const TIMED_SECRETS = [
  'ticket',
  'session',
  'manifest',
  'audit',
] as const satisfies readonly RotatedSecret[];

/**
 * Makes the next key of a name, to be used from a time on that every node will know of it by. One that
 * waits for its time already is taken for it; so is one that was made by a run that was cut off before it
 * could say so.
 *
 * @returns when it is in use, in unix seconds.
 */
export async function rotateSecret(vault: Rotating, name: RotatedSecret): Promise<number> {
  return aloneWithKeys(vault.sql, async (sql) => {
    const at = new Date(vault.now());
    const now = seconds(at.getTime());
    const newest = secretFiles(vault.keys.folder, name).at(-1)?.from ?? 0;
    const note = async (from: number) => {
      if (name === 'audit') await vault.keys.publishAuditKeys();
      return noteMade(sql, name, from, at);
    };
    const isUnsaid = newest > 0 && (await note(newest));
    if (newest > now || isUnsaid) return newest;
    const from = now + TIMES[name].ahead;
    await vault.keys.createSecret(name, from);
    await note(from);
    return from;
  });
}

/**
 * Destroys keys whose successor has been in use for long enough. For whoever is alone with keys.
 *
 * @param signing - since when the manifest key is there that signs. In live mode it may be an older one
 *   than the newest, which waits for the root's word: then it and those after it stay.
 * @returns what was destroyed, for the trail.
 */
export function destroySuperseded(
  { keys, now }: Pick<Rotating, 'keys' | 'now'>,
  signing: number | undefined,
): string[] {
  const destroyed: string[] = [];
  for (const name of TIMED_SECRETS)
    for (const { from } of superseded({ keys, now }, name))
      if (name !== 'manifest' || (signing !== undefined && from < signing)) {
        keys.destroySecret(name, from);
        destroyed.push(`${name}.${from}`);
      }
  return destroyed;
}

/** Those of a name whose successor has been in use for long enough. */
export function superseded(
  { keys, now }: Pick<Rotating, 'keys' | 'now'>,
  name: RotatedSecret,
): SecretFile[] {
  const files = secretFiles(keys.folder, name);
  return files.filter((_file, at) => {
    const successor = files[at + 1];
    return successor !== undefined && successor.from + TIMES[name].after <= seconds(now());
  });
}
