import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../config.ts';

/**
 * Where tokens may be written: to a new file, or in the place of an older one.
 *
 * @param cards - the file the cards come from. Under whatever name, it is not written over: it may
 *   be the only copy of them.
 * @throws StartError for that file, and for what is no file: a rename would put one in its place.
 */
export function placeForTokens(path: string, cards: Stats | undefined): string {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return join(folderOf(path), basename(path));
  if (!there.isFile()) throw new StartError(`${path} is no regular file.`);
  if (cards?.dev === there.dev && cards.ino === there.ino)
    throw new StartError(`${path} is the file with the cards; nothing was written.`);
  return realpathSync(path);
}

function folderOf(path: string): string {
  try {
    return realpathSync(dirname(path));
  } catch {
    throw new StartError(`${path} cannot be written.`);
  }
}

/**
 * A file that takes its place when it is whole. Until then what an earlier run has told stays there, and
 * nothing else is in it than what the disk has.
 */
export class TokenFile {
  readonly #place: string;
  readonly #draft: string;
  readonly #fd: number;

  /** @throws StartError when it cannot be written. */
  constructor(place: string) {
    this.#place = place;
    this.#draft = `${place}.${randomBytes(8).toString('hex')}.tmp`;
    try {
      this.#fd = openSync(this.#draft, 'wx', 0o600);
    } catch {
      throw new StartError(`${place} cannot be written.`);
    }
  }

  write(text: string): void {
    // Goes on after a short write, as `writeSync` does not.
    writeFileSync(this.#fd, text);
  }

  /** Durably in its place. */
  finish(): void {
    fsyncSync(this.#fd);
    renameSync(this.#draft, this.#place);
    const folder = openSync(dirname(this.#place), 'r');
    fsyncSync(folder);
    closeSync(folder);
  }

  /** Leaves nothing of one that was not finished. */
  close(): void {
    closeSync(this.#fd);
    rmSync(this.#draft, { force: true });
  }
}
