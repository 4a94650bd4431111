import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { splitWrapped, unwrapKey, wrapKey } from '@hushfield/crypto/envelope';
import { createOnce, destroyFile, readBytes } from '../durable-file.ts';
import { type Kek, KeysUnavailable, newest } from './kek.ts';

const KEK_BYTES = 32;
const FILE = /^kek(?:\.(?<number>\d{4}))?$/;

/**
 * KEKs for development: files beside the keys that they wrap. Who copies that folder and the database
 * has the cards, which is why live mode refuses it. Read anew for each use: a file that was taken away
 * takes effect with the next key that is not in memory.
 */
export function directoryKek(folder: string): Kek {
  const path = (number: number) => join(folder, fileOf(number));
  const read = (number: number) => {
    const key = unlessGone(() => readBytes(path(number)));
    if (key?.length !== KEK_BYTES) throw new KeysUnavailable('the KEK is not there, or is none');
    return { number, key };
  };
  const numbers = () => unlessGone(() => readdirSync(folder).flatMap(numberOf).toSorted(ascending));
  return {
    kind: 'directory',
    deadlineMs: 50,
    async wrap(label, key) {
      const kek = read(newest(numbers()));
      return forgetting(kek.key, () => wrapKey(kek, label, key));
    },
    async unwrap(label, wrapped) {
      const kek = read(unlessGone(() => splitWrapped(wrapped).kek));
      // A copy: what the cipher returns may share memory with others.
      return forgetting(kek.key, () =>
        Uint8Array.from(unlessGone(() => unwrapKey(kek, label, wrapped))),
      );
    },
    numbers: async () => numbers(),
    async create(number) {
      createOnce(path(number), randomBytes(KEK_BYTES));
    },
    async destroy(number) {
      if (numbers().includes(number)) destroyFile(path(number));
    },
    close() {},
  };
}

/** The first has no number in its name. */
function fileOf(number: number): string {
  return number === 1 ? 'kek' : `kek.${String(number).padStart(4, '0')}`;
}

function numberOf(name: string): number[] {
  const match = FILE.exec(name);
  return match === null ? [] : [Number(match.groups?.number ?? 1)];
}

const ascending = (a: number, b: number) => a - b;

/** A volume that went away may answer with any error, and a wrong KEK with another; all mean the same. */
function unlessGone<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new KeysUnavailable('the KEK is not there, or does not open this key', { cause });
  }
}

function forgetting<T>(kek: Uint8Array, work: () => T): T {
  try {
    return work();
  } finally {
    kek.fill(0);
  }
}
