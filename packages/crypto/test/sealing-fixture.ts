import { randomBytes } from 'node:crypto';
import { fallbackKem } from '../src/fallback/index.ts';
import { type Binding, importReceiveSeed } from '../src/open/index.ts';
import { PLAINTEXT_BYTES, type Kem, nativeKem, pad } from '../src/seal/index.ts';

export const binding: Binding = {
  version: 1,
  env: 'test',
  tenant: 'ten_1',
  keyId: 'Ab3dEf9h',
  ticketNonce: 'bm9uY2U',
  sessionId: 'ses_1',
  parentOrigin: 'https://shop.example',
  attempt: 1,
  kid: 'AAAAAAAAAAAAAAAAAAAAAA',
  issuedAt: 1_790_000_000,
  billingDigest: new Uint8Array(32).fill(5),
};

/** One change to every part of a binding, each to a value that could plausibly be swapped in. */
export const REBOUND: readonly [string, Partial<Record<keyof Binding, unknown>>][] = [
  ['env', { env: 'live' }],
  ['version', { version: 2 }],
  ['tenant', { tenant: 'ten_2' }],
  ['key id', { keyId: 'Ab3dEf9i' }],
  ['ticket nonce', { ticketNonce: 'bm9uY2V' }],
  ['session id', { sessionId: '' }],
  ['parent origin', { parentOrigin: 'https://shop.example:444' }],
  ['attempt', { attempt: 2 }],
  ['kid', { kid: 'AAAAAAAAAAAAAAAAAAAAAB' }],
  ['issued-at', { issuedAt: 1_790_000_001 }],
  ['billing digest', { billingDigest: new Uint8Array(32).fill(6) }],
  ['no billing digest', { billingDigest: new Uint8Array(0) }],
];

export const secret = importReceiveSeed(randomBytes(32));
export const message = new TextEncoder().encode('{"number":"4242424242424242"}');
export const plaintext = (): Uint8Array => pad(message, PLAINTEXT_BYTES);

/** Both encapsulating paths; a run without the native one would prove nothing about it. */
export async function kems(): Promise<readonly Kem[]> {
  const native = await nativeKem();
  if (native === undefined) throw new Error('this runtime has no native ML-KEM-768');
  return [native, fallbackKem];
}

export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}

/** What a call throws, as a value; `returned` when it does not throw at all. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
    return 'returned';
  } catch (error) {
    return error;
  }
}
