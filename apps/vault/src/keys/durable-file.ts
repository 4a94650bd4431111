import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeNewFile } from '../new-file.ts';

const DRAFT = /^\.[0-9a-f]{16}\.tmp$/;

/**
 * Writes a file that must not be lost and must not be replaced: the bytes are on the disk, under
 * their final name, before this returns. When another process was first, its bytes are given.
 */
export function createOnce(path: string, bytes: Uint8Array): Uint8Array {
  const draft = writeDraft(path, bytes);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dirname(path));
  return readBytes(path) ?? bytes;
}

/** Puts a file in the place of another: a reader, or a power cut, meets the old one or the new one. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  renameSync(writeDraft(path, bytes), path);
  syncFolder(dirname(path));
}

/** Gives a file another name in the same folder, durably. */
export function moveFile(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

/** The bytes of a file, or nothing when it is not there. */
export function readBytes(path: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Overwrites a secret's bytes in place and then removes the file. On media that write elsewhere
 * (SSDs, snapshots) the wrapping under the KEK is what keeps the old bytes unreadable. Drafts that a
 * killed process left of it go too: they hold the same secret.
 */
export function destroyFile(path: string): void {
  wipeDrafts(path);
  wipe(path);
  syncFolder(dirname(path));
}

/** As `destroyFile`, and leaves bytes in the place of the secret. */
export function destroyLeaving(path: string, bytes: Uint8Array): void {
  const old = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  // The name is never without a file: a reader meets the old bytes or the new ones.
  linkSync(path, old);
  replaceFile(path, bytes);
  wipeDrafts(path);
  syncFolder(dirname(path));
}

/** Whether a killed process has left something of a file: what it was about to write, or was about to wipe. */
export function hasDrafts(path: string): boolean {
  return draftsOf(path).length > 0;
}

function wipeDrafts(path: string): void {
  for (const draft of draftsOf(path)) wipe(draft);
}

function draftsOf(path: string): string[] {
  const [folder, file] = [dirname(path), basename(path)];
  return readdirSync(folder)
    .filter((name) => name.startsWith(file) && DRAFT.test(name.slice(file.length)))
    .map((name) => join(folder, name));
}

function wipe(path: string): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, randomBytes(statSync(path).size), 0, undefined, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  rmSync(path);
}

function writeDraft(path: string, bytes: Uint8Array): string {
  const draft = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  writeNewFile(draft, bytes);
  return draft;
}

/** A rename or link is only durable once its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
