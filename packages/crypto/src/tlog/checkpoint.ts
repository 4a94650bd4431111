import { createPublicKey, verify } from 'node:crypto';
import type { SigningKey } from '../manifest/signing-key.ts';
import { HASH_BYTES } from './hashing.ts';
import { KEY_HASH_BYTES, keyHash } from './verifier-key.ts';

/** A state of a log, as its keeper vouches for it. */
export type Checkpoint = {
  /** Which log: a name like a URL without its scheme, `vault.example/audit`. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
};

/** No space, no plus: C2SP signed-note keeps both for itself. */
const ORIGIN = /^[^\s+]{1,128}$/;
const SIGNATURE_BYTES = 64;
const MOST_CHARACTERS = 4_096;
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const TEXT = /^(?<origin>[^\s+]{1,128})\n(?<size>0|[1-9]\d{0,15})\n(?<root>[A-Za-z0-9+/]{43}=)\n$/;
const SIGNATURE = /^\u2014 (?<name>[^\s+]{1,128}) (?<bytes>[A-Za-z0-9+/]{91}=)$/;

/**
 * Signs a state of a log as a note (C2SP tlog-checkpoint, signed-note), with the log's origin for the
 * name of the key.
 *
 * @throws RangeError for an origin, size or root that no reader would take.
 * @example signCheckpoint(key, { origin: 'vault.example/audit', size: 0, root: EMPTY_ROOT })
 */
export function signCheckpoint(key: SigningKey, { origin, size, root }: Checkpoint): string {
  if (!ORIGIN.test(origin)) throw new RangeError('not an origin of a log');
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('not a size of a log');
  if (root.length !== HASH_BYTES) throw new RangeError('not a root of a log');
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  const signature = key.sign(Buffer.from(text));
  const signed = Buffer.concat([keyHash(origin, key.publicKey), signature]);
  return `${text}\n\u2014 ${origin} ${signed.toString('base64')}\n`;
}

/**
 * Reads a checkpoint that this key has signed for this log. Signatures of others beside it, such as those
 * of witnesses, are passed over.
 *
 * @returns nothing for one that is malformed, of another log, or not signed by the key.
 */
export function openCheckpoint(
  note: string,
  origin: string,
  publicKey: Uint8Array,
): Checkpoint | undefined {
  const end = note.indexOf('\n\n');
  if (note.length > MOST_CHARACTERS || end < 0 || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  const fields = TEXT.exec(text)?.groups;
  if (fields?.origin !== origin || !Number.isSafeInteger(Number(fields.size))) return undefined;
  if (!lines.some((line) => isSigned(line, text, origin, publicKey))) return undefined;
  return {
    origin,
    size: Number(fields.size),
    root: Uint8Array.from(Buffer.from(fields.root ?? '', 'base64')),
  };
}

function isSigned(line: string, text: string, origin: string, publicKey: Uint8Array): boolean {
  const fields = SIGNATURE.exec(line)?.groups;
  if (fields?.name !== origin) return false;
  const bytes = Buffer.from(fields.bytes ?? '', 'base64');
  if (bytes.length !== KEY_HASH_BYTES + SIGNATURE_BYTES) return false;
  if (!bytes.subarray(0, KEY_HASH_BYTES).equals(keyHash(origin, publicKey))) return false;
  const key = Buffer.concat([SPKI, publicKey]);
  const signer = createPublicKey({ key, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text), signer, bytes.subarray(KEY_HASH_BYTES));
}
