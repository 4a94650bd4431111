import { readFileSync } from 'node:fs';
import { StartError } from '../config.ts';
import { type Input, UsageError } from './command.ts';
import { writeNewFile } from '../new-file.ts';

/** @throws StartError when it cannot be read; the file may be on a stick that is not there. */
export function readPaper(path: string): string {
  return bytesOf(path).toString('utf8');
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new StartError(`${path} cannot be read.`);
  }
}

/**
 * Writes a file that was not there, for this user alone.
 *
 * @throws StartError when there is one: what lies there may be the only copy of a root.
 */
export function writeNewPaper(path: string, text: string): void {
  try {
    writeNewFile(path, text);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new StartError(isThere ? `${path} is there already.` : `${path} cannot be written.`);
  }
}

/**
 * A passphrase: the first line of a file, or of what is piped in. The caller zeroes it.
 *
 * @throws UsageError where it would be typed in sight.
 */
export async function readPassphrase(path: string | undefined, input: Input): Promise<Uint8Array> {
  if (path === undefined && input.isTTY === true)
    throw new UsageError('Pipe the passphrase in, or name its file with --passphrase-file.');
  const bytes = path === undefined ? await piped(input) : bytesOf(path);
  const end = bytes.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  const line = Uint8Array.from(end === -1 ? bytes : bytes.subarray(0, end));
  bytes.fill(0);
  return line;
}

async function piped(input: Input): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of input) parts.push(part);
  const whole = Buffer.concat(parts);
  for (const part of parts) part.fill(0);
  return whole;
}
