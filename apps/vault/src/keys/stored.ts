import { readBytes } from './durable-file.ts';
import { KeysUnavailable } from './kek/kek.ts';

/** Reads what a volume may no longer give: it may answer with any error, and all mean the same. */
export function unlessGone<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new KeysUnavailable('the key store cannot be read', { cause });
  }
}

/** The bytes of a file of the key store, or nothing when it is not there. */
export function findStored(path: string): Uint8Array | undefined {
  return unlessGone(() => readBytes(path));
}

/**
 * The bytes of a file that must be there.
 *
 * @param name - what the log calls it.
 */
export function readStored(path: string, name: string): Uint8Array {
  const bytes = findStored(path);
  if (bytes === undefined) throw new KeysUnavailable(`${name} is not there`);
  return bytes;
}
