import { closeSync, constants, createReadStream, fstatSync, openSync, type Stats } from 'node:fs';
import { StartError } from '../config.ts';
import type { Source } from './import-file.ts';

export type LineFile = { readonly file: Stats; readonly source: Source; close(): void };

/**
 * Opens a file of lines once: it is read twice, and both times it is the same file, whatever comes to
 * lie under its name.
 *
 * @throws StartError for what gives its lines only once, as a pipe does: there would be none to store.
 */
export function openLines(path: string): LineFile {
  const fd = opened(path);
  const file = fstatSync(fd);
  if (!file.isFile()) {
    closeSync(fd);
    throw new StartError(`${path} is no regular file; pipe it into standard input instead.`);
  }
  return {
    file,
    source: () => createReadStream(path, { fd, autoClose: false, start: 0 }),
    close: () => closeSync(fd),
  };
}

function opened(path: string): number {
  try {
    // A pipe that nobody writes to would be waited for.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    throw new StartError(`${path} cannot be read.`);
  }
}
