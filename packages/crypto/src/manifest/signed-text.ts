import { asciiBytes } from '../encoding/ascii.ts';
import { lengthPrefixed, uintBytes } from '../encoding/length-prefixed.ts';
import { concatBytes } from '@noble/hashes/utils.js';

/** The bytes under a signature: the label and the text's length, then the text as received. */
export function signedBytes(label: string, text: string): Uint8Array {
  const bytes = asciiBytes(text);
  return concatBytes(lengthPrefixed([label]), uintBytes(bytes.length, 4), bytes);
}
