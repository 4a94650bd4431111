import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { StartError } from '../config.ts';
import { createOnce, readBytes } from './durable-file.ts';
import { KEY_BYTES, KeyDirectory, KeysUnavailable, SECRET_NAMES } from './key-directory.ts';

const FOLDERS = ['', 'offline-root', 'receive', 'tenants'];
/** Written after all keys of a deployment: from then on, one that is missing was lost. */
const COMPLETE = 'complete';

/**
 * Opens the key directory of a deployment, and fills it when it is new. This is the only place that
 * makes these keys: a new pepper in the place of a lost one would end every API key, and nobody
 * would learn why. Starters that come at once agree on the files of whoever was first.
 *
 * @throws StartError when a key of an older start is missing or does not open.
 */
export function openKeyDirectory(folder: string, now: Clock): KeyDirectory {
  for (const part of FOLDERS) {
    mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
    chmodSync(join(folder, part), 0o700);
  }
  requireKek(folder);
  const keys = new KeyDirectory(folder, now);
  if (readBytes(join(folder, COMPLETE)) === undefined) {
    for (const name of SECRET_NAMES) keys.createSecret(name);
    createOnce(join(folder, COMPLETE), new Uint8Array(0));
  }
  for (const name of SECRET_NAMES) requireSecret(keys, name);
  return keys;
}

/** Makes the KEK of a new directory. Beside keys of an older one it would only hide the loss. */
function requireKek(folder: string): void {
  const path = join(folder, 'kek');
  // Listed before the KEK is looked for: another starter may be making it, and keys after it.
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  if (readBytes(path) !== undefined) return;
  if (entries.some((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))) {
    throw new StartError(`The key directory ${folder} has keys but no KEK; restore it.`);
  }
  createOnce(path, randomBytes(KEY_BYTES));
}

function requireSecret(keys: KeyDirectory, name: (typeof SECRET_NAMES)[number]): void {
  try {
    keys.secret(name);
  } catch (error) {
    if (!(error instanceof KeysUnavailable)) throw error;
    throw new StartError(
      `In the key directory ${keys.folder}, ${name} is missing or was wrapped under another KEK; restore it.`,
    );
  }
}
