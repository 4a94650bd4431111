import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { StartError } from '../config.ts';
import { createOnce, readBytes } from './durable-file.ts';
import { type Kek, KeysUnavailable } from './kek/kek.ts';
import { KeyStore } from './key-store.ts';
import { holdsRoot, type SecretName, secretFiles, secretNames } from './secret-files.ts';

const FOLDERS = ['', 'offline-root', 'receive', 'tenants'];
/**
 * Marks, and the keys that were all there before each was written: from then on, one that is missing was
 * lost. A key that comes with a later version has a mark of its own, since a store of before lacks it
 * without having lost anything.
 */
const COMPLETE: readonly (readonly [mark: string, names: readonly SecretName[]])[] = [
  ['complete', ['pepper', 'ticket', 'manifest', 'offline-root/root']],
  ['complete.session', ['session']],
];

/**
 * Opens the key store of a deployment, and fills it when it is new. This is the only place that
 * makes these keys: a new pepper in the place of a lost one would end every API key, and nobody
 * would learn why. Starters that come at once agree on the files of whoever was first.
 *
 * @throws StartError when a key of an older start is missing or does not open, or the KEK's device
 * does not answer.
 */
export async function openKeyStore(
  folder: string,
  kek: Kek,
  now: Clock,
  mode: 'test' | 'live' = 'test',
): Promise<KeyStore> {
  // Before anything is written: this store is, or was, of a test deployment.
  if (mode === 'live' && holdsRoot(folder)) throw new StartError(ROOT_IS_HERE);
  for (const part of FOLDERS) {
    mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
    chmodSync(join(folder, part), 0o700);
  }
  await requireKek(folder, kek);
  const keys = new KeyStore(folder, kek, now);
  const wanted = secretNames(mode);
  for (const [mark, names] of COMPLETE) {
    if (readBytes(join(folder, mark)) !== undefined) continue;
    for (const name of names.filter((each) => wanted.includes(each)))
      if (secretFiles(folder, name).length === 0) await keys.createSecret(name);
    createOnce(join(folder, mark), new Uint8Array(0));
  }
  for (const name of wanted) await requireSecret(keys, name);
  return keys;
}

const ROOT_IS_HERE =
  'The key store holds a root seed, so it is of a test deployment: live mode needs a store of its own (KEY_STORE_DIR), and a root that is kept offline.';

/** Makes the KEK of a new store. Beside keys of an older one it would only hide the loss. */
async function requireKek(folder: string, kek: Kek): Promise<void> {
  // Listed before the KEK is looked for: another starter may be making it, and keys after it.
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const numbers = await kek.numbers().catch((error: unknown) => {
    const reason = error instanceof KeysUnavailable ? error.message : 'it failed';
    throw new StartError(`The device that holds the KEK does not answer: ${reason}.`);
  });
  if (numbers.length > 0) return;
  if (entries.some((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))) {
    throw new StartError(`The key store ${folder} has keys but there is no KEK; restore it.`);
  }
  await kek.create(1);
}

async function requireSecret(keys: KeyStore, name: SecretName): Promise<void> {
  try {
    await keys.secret(name);
  } catch (error) {
    if (!(error instanceof KeysUnavailable)) throw error;
    throw new StartError(
      `In the key store ${keys.folder}, ${name} is missing or was wrapped under another KEK; restore it.`,
    );
  }
}
