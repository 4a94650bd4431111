import { linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { StartError } from '../config.ts';
import { isElsewhere, LockOwner, mayBeAlive, ownProcess } from './lock-owner.ts';
import { writeNewFile } from '../new-file.ts';

export type Lock = { release(): void };

const TRIES = 10;

/**
 * Takes an exclusive lock on a path, or refuses at once. A lock whose owner is gone is taken over.
 *
 * The dangerous moment is two starters that both find the same dead owner: the slower one must not
 * throw out the faster one. So the right to replace a lock is a lock itself, named by the id of the
 * owner it replaces, and whoever holds it looks again before replacing.
 *
 * @throws StartError naming the process that holds the lock.
 */
export function takeLock(path: string): Lock {
  const own = ownProcess();
  const draft = `${path}.${own.id}`;
  writeNewFile(draft, JSON.stringify(own));
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (taken(path, draft)) return { release: () => release(path, own) };
    }
    throw new StartError(`The lock ${path} could not be taken: too many processes start at once.`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function taken(path: string, draft: string): boolean {
  if (linked(draft, path)) return true;
  const owner = readOwner(path);
  if (owner === undefined) return false;
  if (mayBeAlive(owner)) throw new StartError(refusal(path, owner));
  return replaced(path, draft, owner);
}

function replaced(path: string, draft: string, dead: LockOwner): boolean {
  const right = takeLock(`${path}.${dead.id}.takeover`);
  try {
    if (readOwner(path)?.id !== dead.id) return false;
    renameSync(draft, path);
    return true;
  } finally {
    right.release();
  }
}

/** A hard link appears whole or not at all, and never replaces: no reader sees half a lock. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): LockOwner | undefined {
  try {
    return LockOwner.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new StartError(
      `The lock file ${path} is not readable as one; remove it if no vault runs.`,
    );
  }
}

function release(path: string, own: LockOwner): void {
  if (readOwner(path)?.id === own.id) rmSync(path, { force: true });
}

function refusal(path: string, owner: LockOwner): string {
  const held = `Another vault (process ${owner.pid}) uses this data directory`;
  // Advice to remove a lock is for the one case where we cannot know: elsewhere it is held for sure.
  return isElsewhere(owner)
    ? `${held} from another container; stop it first. If it was killed and no vault runs on this directory any more, remove the lock with: rm ${shellWord(path)}`
    : `${held}; stop it first. Its lock is ${path}.`;
}

function shellWord(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
