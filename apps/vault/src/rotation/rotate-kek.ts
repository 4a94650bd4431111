import { setTimeout as sleep } from 'node:timers/promises';
import { splitWrapped } from '@hushfield/crypto/envelope';
import { insertDeploymentAudit } from '../audit/insert-audit.ts';
import { readBytes, replaceFile } from '../keys/durable-file.ts';
import { codeKeysUnderOthers, rewrapCodeKeys } from '../codes/rewrap-code-keys.ts';
import { type Kek, KeysUnavailable, newest } from '../keys/kek/kek.ts';
import { wrapAnew } from '../keys/kek/wrap-anew.ts';
import { type WrappedFile, wrappedFiles } from '../keys/wrapped-files.ts';
import type { Vault } from '../vault.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';

export type KekRotation = { readonly kek: number; readonly rewrapped: number };

/**
 * Makes the next KEK, wraps every key of the store, and those for security
 * codes, under it, and destroys the one before. A rotation
 * that was cut off goes on where it was: as long as an older KEK is there, no new one is made. Each
 * key is opened again before its file is replaced, and the old KEK goes only when no file needs it.
 * Nodes go on serving; they ask for the KEK that a file names.
 *
 * @throws KeysUnavailable when a key does not open: then nothing is destroyed.
 */
export async function rotateKek(
  vault: Pick<Vault, 'keys' | 'sql' | 'now'>,
  progress: (line: string) => void,
): Promise<KekRotation> {
  const { kek, folder } = vault.keys;
  const before = await kek.numbers();
  if (before.length <= 1) await kek.create(newest(before) + 1);
  const target = newest(await kek.numbers());
  // By then no wrapping under the KEK before is still on its way to the disk.
  const settled = sleep(2 * kek.deadlineMs);
  let rewrapped = await rewrapAll(vault, target, progress);
  // A key that was made while the KEK changed may lie under the old one still.
  await settled;
  rewrapped += await rewrapAll(vault, target, progress);
  const left = wrappedFiles(folder).filter((file) => !isUnder(file, target));
  const codeKeysLeft = await codeKeysUnderOthers(vault.sql.as('rotator'), target);
  if (left.length + codeKeysLeft.length > 0)
    throw new KeysUnavailable('some keys are still under the KEK before');
  const at = new Date(vault.now());
  const act = { at, action: 'kek.rotate', resource: String(target) } as const;
  // Before the end and not after it: cut off in between, a run to come would find nothing left to do, and
  // nobody would have said that this one is in use.
  await insertDeploymentAudit(vault.sql.as('rotator'), act);
  for (const number of await kek.numbers()) if (number !== target) await kek.destroy(number);
  return { kek: target, rewrapped };
}

async function rewrapAll(
  { keys, sql }: Pick<Vault, 'keys' | 'sql'>,
  target: number,
  progress: (line: string) => void,
): Promise<number> {
  const files = wrappedFiles(keys.folder).filter((file) => !isUnder(file, target));
  let done = await rewrapCodeKeys(sql.as('rotator'), keys.kek, target);
  for (const file of files) {
    await aloneWithKeys(sql, () => rewrap(keys.kek, file));
    done += 1;
    if (done % 100 === 0) progress(`${done} of ${files.length} keys`);
  }
  return done;
}

/** Read anew: since it was listed, it may have been destroyed, and must not come back. */
async function rewrap(kek: Kek, { path, prefix, label }: WrappedFile): Promise<void> {
  const bytes = readBytes(path);
  if (bytes === undefined || bytes.length <= prefix) return;
  const wrapped = await wrapAnew(kek, label, bytes.subarray(prefix));
  replaceFile(path, Buffer.concat([bytes.subarray(0, prefix), wrapped]));
}

function isUnder({ path, prefix }: WrappedFile, target: number): boolean {
  const bytes = readBytes(path);
  if (bytes === undefined || bytes.length <= prefix) return true;
  return splitWrapped(bytes.subarray(prefix)).kek === target;
}
