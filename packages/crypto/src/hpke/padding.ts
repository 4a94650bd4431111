import { CryptoError, type CryptoErrorCode } from '../crypto-error.ts';

const MARKER = 0x80;

/**
 * Pads to exactly `size` bytes: 0x80, then zeros (ISO/IEC 7816-4). At least one byte is added, so
 * every padded message has exactly one reading.
 *
 * @throws RangeError when `message` and the marker do not fit.
 * @example pad(encoded, PLAINTEXT_BYTES).length === 512
 */
export function pad(message: Uint8Array, size: number): Uint8Array {
  if (message.length >= size) throw new RangeError(`message does not fit in ${size} padded bytes`);
  const padded = new Uint8Array(size);
  padded.set(message);
  padded[message.length] = MARKER;
  return padded;
}

/** Length of the message inside, or -1. Runs after authentication, so timing reveals nothing. */
function messageLength(padded: Uint8Array): number {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  return padded[end] === MARKER ? end : -1;
}

export function unpadAs(code: CryptoErrorCode, padded: Uint8Array): Uint8Array {
  const length = messageLength(padded);
  if (length < 0) throw new CryptoError(code);
  // Not slice(): on a Buffer that is a view, and zeroing the padded bytes would zero the message.
  return Uint8Array.from(padded.subarray(0, length));
}

/**
 * Takes the padding of {@link pad} off; gives a copy, so the padded bytes may be zeroed.
 *
 * @throws CryptoError `seal_invalid` when there is no marker.
 */
export function unpad(padded: Uint8Array): Uint8Array {
  return unpadAs('seal_invalid', padded);
}
