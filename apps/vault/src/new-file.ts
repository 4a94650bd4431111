import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs';

/**
 * Writes a file that was not there, whole, durably and for this user alone. Its folder is the caller's to
 * sync.
 *
 * @throws what the system says, `EEXIST` when there is one.
 */
export function writeNewFile(path: string, content: string | Uint8Array): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    // Goes on after a short write, as `writeSync` does not.
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
