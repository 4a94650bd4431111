import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../config.ts';
import { createOnce, readBytes } from './durable-file.ts';
import { type Kek, KeysUnavailable } from './kek/kek.ts';
import { KeyStore, type Memory } from './key-store.ts';
import { holdsRoot, type SecretName, secretFiles, secretNames } from './secret-files.ts';
import { wrappedFiles } from './wrapped-files.ts';

const FOLDERS = ['', 'offline-root', 'receive', 'tenants'];
/**
 * Marks, and the keys that were all there before each was written: from then on, one that is missing was
 * lost. A key that comes with a later version has a mark of its own, since a store of before lacks it
 * without having lost anything.
 */
const FIRST = ['complete', ['pepper', 'ticket', 'manifest', 'offline-root/root']] as const;
const COMPLETE: readonly (readonly [mark: string, names: readonly SecretName[]])[] = [
  FIRST,
  ['complete.session', ['session']],
  ['complete.audit', ['audit']],
];

export type Opening = {
  readonly mode: 'test' | 'live';
  /**
   * What may be made here. `new`: all keys, at the first start of a deployment. `later`: those that a later
   * version has come with, at any start. `nothing`: by a command, which finds a store as it is.
   */
  readonly makes: 'new' | 'later' | 'nothing';
  /** What has to open now. Of the others it is enough that they are there. */
  readonly needs: ReadonlySet<SecretName>;
};

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
  memory: Memory,
  { mode, makes, needs }: Opening,
): Promise<KeyStore> {
  // Before anything is written: this store is, or was, of a test deployment.
  if (mode === 'live' && holdsRoot(folder)) throw new StartError(ROOT_IS_HERE);
  if (makes !== 'new' && !isMarked(folder, FIRST[0])) throw new StartError(notFilled(folder));
  if (makes !== 'nothing') makeFolders(folder);
  await requireKek(folder, kek, makes === 'new');
  const keys = new KeyStore(folder, kek, memory);
  if (makes !== 'nothing') await makeMissing(keys, mode);
  for (const name of secretNames(mode)) await requireSecret(keys, name, needs.has(name));
  return keys;
}

const ROOT_IS_HERE =
  'The key store holds a root seed, so it is of a test deployment: live mode needs a store of its own (KEY_STORE_DIR), and a root that is kept offline.';

const notFilled = (folder: string) =>
  `The key store ${folder} is not there, or its first start did not come to its end: check KEY_STORE_DIR, and that its volume is mounted. Keys are made by \`hushfield migrate\` of a new database and by its first \`hushfield serve\`, and by nothing else.`;

function isMarked(folder: string, mark: string): boolean {
  return readBytes(join(folder, mark)) !== undefined;
}

function makeFolders(folder: string): void {
  for (const part of FOLDERS) {
    const path = join(folder, part);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    // Nothing is written where nothing is to be changed: a role may be given a store that it can only read.
    if ((statSync(path).mode & 0o777) !== 0o700) chmodSync(path, 0o700);
  }
}

async function makeMissing(keys: KeyStore, mode: Opening['mode']): Promise<void> {
  const { folder } = keys;
  const wanted = secretNames(mode);
  for (const [mark, names] of COMPLETE) {
    if (isMarked(folder, mark)) continue;
    for (const name of names.filter((each) => wanted.includes(each)))
      if (secretFiles(folder, name).length === 0) await keys.createSecret(name);
    if (mode === 'test' && mark === FIRST[0]) await keys.publishRoot();
    createOnce(join(folder, mark), new Uint8Array(0));
  }
}

/** Makes the KEK of a new store. Beside keys of an older one it would only hide the loss. */
async function requireKek(folder: string, kek: Kek, isNew: boolean): Promise<void> {
  // Listed before the KEK is looked for: another starter may be making it, and keys after it.
  const mayMake = isNew && wrappedFiles(folder).length === 0;
  const numbers = await kek.numbers().catch((error: unknown) => {
    const reason = error instanceof KeysUnavailable ? error.message : 'it failed';
    throw new StartError(`The device that holds the KEK does not answer: ${reason}.`);
  });
  if (numbers.length > 0) return;
  if (!mayMake)
    throw new StartError(`The key store ${folder} has keys but there is no KEK; restore it.`);
  await kek.create(1);
}

async function requireSecret(keys: KeyStore, name: SecretName, opens: boolean): Promise<void> {
  try {
    if (secretFiles(keys.folder, name).length === 0) throw new KeysUnavailable('not there');
    if (opens) await keys.secret(name);
  } catch (error) {
    if (!(error instanceof KeysUnavailable)) throw error;
    throw new StartError(
      `In the key store ${keys.folder}, ${name} is missing or was wrapped under another KEK; restore it.`,
    );
  }
}
