import { concatBytes } from '@noble/hashes/utils.js';
import { asciiBytes } from '../encoding/ascii.ts';
import { uintBytes } from '../encoding/length-prefixed.ts';
import { expand, extract, type Hmac } from './hkdf.ts';

/** LabeledExtract and LabeledExpand of RFC 9180 §4, bound to one suite. */
export type LabeledKdf = {
  extract(salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array;
  expand(prk: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array;
};

const VERSION = asciiBytes('HPKE-v1');

export function labeledKdf(hmac: Hmac, suiteId: Uint8Array): LabeledKdf {
  return {
    extract: (salt, label, ikm) =>
      extract(hmac, salt, concatBytes(VERSION, suiteId, asciiBytes(label), ikm)),
    expand: (prk, label, info, length) =>
      expand(
        hmac,
        prk,
        concatBytes(uintBytes(length, 2), VERSION, suiteId, asciiBytes(label), info),
        length,
      ),
  };
}
