import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readBytes, replaceFile } from '../durable-file.ts';

/** Says which file it was, and nothing of what is in it: four digits are soon found for a hash. */
const Look = z.strictObject({ mtimeMs: z.number(), size: z.number() });
type Look = z.infer<typeof Look>;

/**
 * Which PIN file a device has refused, kept in the key store. Devices lock after a few wrong PINs, and a
 * process manager starts a node again every few seconds: what only the process remembered would be
 * forgotten as often.
 */
export class RefusedPin {
  readonly #pinFile: string;
  readonly #note: string;
  #refused: Look | undefined;

  constructor(pinFile: string, folder: string) {
    this.#pinFile = pinFile;
    this.#note = join(folder, 'refused-pin');
    this.#refused = readNote(this.#note);
  }

  /** What the file looks like now. To be taken before it is read: a new one is not to blame for the old. */
  look(): Look {
    const { mtimeMs = 0, size = 0 } = statSync(this.#pinFile, { throwIfNoEntry: false }) ?? {};
    return { mtimeMs, size };
  }

  wasRefused({ mtimeMs, size }: Look): boolean {
    // Read anew: another process may have been refused meanwhile.
    this.#refused = readNote(this.#note) ?? this.#refused;
    return this.#refused?.mtimeMs === mtimeMs && this.#refused.size === size;
  }

  refused(look: Look): void {
    this.#refused = look;
    quietly(() => replaceFile(this.#note, Buffer.from(JSON.stringify(look))));
  }

  taken(): void {
    if (this.#refused === undefined) return;
    this.#refused = undefined;
    quietly(() => rmSync(this.#note, { force: true }));
  }
}

function readNote(path: string): Look | undefined {
  let look: Look | undefined;
  quietly(() => {
    const bytes = readBytes(path);
    if (bytes !== undefined) look = Look.parse(JSON.parse(Buffer.from(bytes).toString()));
  });
  return look;
}

/** A store that is not there, or full, changes nothing about the PIN: then this process alone remembers. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {}
}
