import { describe, expect, test } from 'vitest';
import { gcmDecrypt, gcmEncrypt } from '../../src/envelope/aes-gcm.ts';
import { absent, hex, load, report, toHex, type Wycheproof } from './load.ts';
import { SYMMETRIC_PATHS } from './paths.ts';

type Group = { readonly keySize: number; readonly ivSize: number };
type Case = { key: string; iv: string; aad: string; msg: string; ct: string; tag: string };

const RUNS = [
  ...SYMMETRIC_PATHS.map((path) => ({ ...path, file: 'chacha20_poly1305' })),
  { name: 'node', file: 'aes_gcm', encrypt: gcmEncrypt, decrypt: gcmDecrypt },
];

// What each path takes: 256-bit keys only; node's GCM takes any nonce, ours are always 12 bytes.
function applies(file: string, group: Group): boolean {
  return group.keySize === 256 && (file !== 'aes_gcm' || group.ivSize === 96);
}

describe.skipIf(absent)('AEAD vectors', () => {
  test.each(RUNS)('$file by $name', ({ name, file, encrypt, decrypt }) => {
    let checked = 0;
    for (const group of load<Wycheproof<Group, Case>>(`wycheproof/${file}_test.json`).testGroups) {
      for (const { key, iv, aad, msg, ct, tag, result } of applies(file, group)
        ? group.tests
        : []) {
        const opened = () => toHex(decrypt(hex(key), hex(iv), hex(aad), hex(ct + tag)));
        if (result === 'valid') {
          expect(toHex(encrypt(hex(key), hex(iv), hex(aad), hex(msg)))).toBe(ct + tag);
          expect(opened()).toBe(msg);
        } else {
          expect(opened).toThrow();
        }
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(60);
    report(`${file} (${name})`, checked);
  });
});
