import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { importSigningSeed } from '@hushfield/crypto/manifest';
import * as z from 'zod';
import { StartError } from '../config.ts';

/** Scrypt with 128 MB: some tenths of a second here, and the same for each guess of a thief. */
const SCRYPT = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const;
const LABEL = 'hushfield/v1/root';
const SHORTEST = 12;
const [NONCE_BYTES, TAG_BYTES] = [12, 16];

const Base64Url = z.string().regex(/^[\w-]+$/);
/** The parameters stand in the file for people; only these are taken, so that no file sets the price. */
const SealedSeed = z.strictObject({
  kind: z.literal('hushfield-root'),
  v: z.literal(1),
  publicKey: Base64Url.length(43),
  kdf: z.literal('scrypt N=131072 r=8 p=1'),
  cipher: z.literal('AES-256-GCM'),
  salt: Base64Url.length(22),
  sealed: Base64Url.length(80),
});

/**
 * Writes a root's seed as it may lie on a disk: sealed under a passphrase, beside its public key.
 *
 * @throws StartError for a passphrase that a dictionary holds: too short.
 */
export function sealSeed(seed: Uint8Array, passphrase: Uint8Array): string {
  if (charactersOf(passphrase) < SHORTEST)
    throw new StartError(`A passphrase has at least ${SHORTEST} characters; take several words.`);
  const publicKey = textOf(importSigningSeed(seed).publicKey);
  const [salt, nonce] = [randomBytes(16), randomBytes(NONCE_BYTES)];
  const sealed = withKey(passphrase, salt, (key) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(publicKey));
    return Buffer.concat([nonce, cipher.update(seed), cipher.final(), cipher.getAuthTag()]);
  });
  const file: z.infer<typeof SealedSeed> = {
    ...{ kind: 'hushfield-root', v: 1, publicKey },
    ...{ kdf: 'scrypt N=131072 r=8 p=1', cipher: 'AES-256-GCM' },
    ...{ salt: textOf(salt), sealed: textOf(sealed) },
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Opens what `sealSeed` wrote. The caller zeroes the seed.
 *
 * @throws StartError when it is no such file, or the passphrase is another.
 */
export function openSeed(text: string, passphrase: Uint8Array): Uint8Array {
  const { publicKey, salt, sealed } = parse(text);
  const bytes = Buffer.from(sealed, 'base64url');
  const [nonce, body] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, -TAG_BYTES)];
  return withKey(passphrase, Buffer.from(salt, 'base64url'), (key) => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(publicKey)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = decipher.update(body);
    try {
      decipher.final();
      return Uint8Array.from(opened);
    } catch {
      throw new StartError('The passphrase does not open this root, or somebody changed the file.');
    } finally {
      opened.fill(0);
    }
  });
}

/** Of UTF-8, counted where it lies: a string of it, or a copy, is wiped by nobody. */
function charactersOf(text: Uint8Array): number {
  return text.reduce((count, byte) => ((byte & 0xc0) === 0x80 ? count : count + 1), 0);
}

function parse(text: string): z.infer<typeof SealedSeed> {
  try {
    return SealedSeed.parse(JSON.parse(text));
  } catch {
    throw new StartError('The key file is none that `hushfield root create` has written.');
  }
}

function withKey<T>(passphrase: Uint8Array, salt: Uint8Array, work: (key: Buffer) => T): T {
  const key = scryptSync(passphrase, salt, 32, SCRYPT);
  try {
    return work(key);
  } finally {
    key.fill(0);
  }
}

/** A file whose public key was swapped does not open: else one would sign for another root. */
function boundTo(publicKey: string): Buffer {
  return Buffer.from(`${LABEL}/${publicKey}`);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
