import { describe, expect, test } from 'vitest';
import { baseContext, exportSecret, keySchedule, nonceAt } from '../../src/hpke/key-schedule.ts';
import { SUITE, type Suite, suiteId } from '../../src/hpke/suite.ts';
import { encapsulateWith } from '../../src/fallback/fallback-kem.ts';
import { importReceiveSeed } from '../../src/open/index.ts';
import { nativeKem } from '../../src/seal/index.ts';
import { absent, hex, load, report, toHex } from './load.ts';
import { SYMMETRIC_PATHS } from './paths.ts';

type Vector = {
  readonly mode: number;
  readonly kem_id: number;
  readonly kdf_id: number;
  readonly aead_id: number;
  readonly info: string;
  readonly ikmE: string;
  readonly skRm: string;
  readonly pkRm: string;
  readonly enc: string;
  readonly shared_secret: string;
  readonly suite_id?: string;
  readonly key: string;
  readonly base_nonce: string;
  readonly exporter_secret: string;
  readonly encryptions: readonly { aad: string; ct: string; nonce: string; pt: string }[];
  readonly exports: readonly { exporter_context: string; L: number; exported_value: string }[];
};

const FILES = ['hpke/hpke_pq_draft_vectors.json', 'hpke/rfc9180_base_psk_p256_x25519.json'];

// Key length by AEAD id; the export-only AEAD (0xffff) derives neither key nor nonce.
const KEY_BYTES = new Map([
  [1, 16],
  [2, 32],
  [3, 32],
]);

/** Every vector in mode base over HKDF-SHA256, whichever KEM: the schedule starts at its secret. */
function vectorsOf(file: string): readonly Vector[] {
  return load<Vector[]>(file).filter(
    (vector) => vector.mode === 0 && vector.kdf_id === 1 && KEY_BYTES.has(vector.aead_id),
  );
}

function suiteOf(vector: Vector): Suite {
  const keyBytes = KEY_BYTES.get(vector.aead_id) ?? 0;
  return { kem: vector.kem_id, kdf: 1, aead: vector.aead_id, keyBytes, nonceBytes: 12 };
}

function oursOf(file: string): readonly Vector[] {
  return vectorsOf(file).filter(
    (vector) => vector.kem_id === SUITE.kem && vector.aead_id === SUITE.aead,
  );
}

describe.skipIf(absent)('HPKE vectors', () => {
  for (const { name, hmac, encrypt, decrypt } of SYMMETRIC_PATHS) {
    test(`derives every key schedule and export (${name})`, () => {
      const vectors = FILES.flatMap(vectorsOf);
      for (const vector of vectors) {
        const suite = suiteOf(vector);
        const context = baseContext(hmac, suite, hex(vector.info));
        const schedule = keySchedule(hmac, suite, hex(vector.shared_secret), context);
        const exported = vector.exports.map(({ exporter_context, L }) =>
          toHex(exportSecret(hmac, suite, schedule.exporterSecret, hex(exporter_context), L)),
        );
        expect({
          key: toHex(schedule.key),
          nonce: toHex(schedule.baseNonce),
          exporter: toHex(schedule.exporterSecret),
          exported,
        }).toStrictEqual({
          key: vector.key,
          nonce: vector.base_nonce,
          exporter: vector.exporter_secret,
          exported: vector.exports.map((entry) => entry.exported_value),
        });
        if (vector.suite_id) expect(toHex(suiteId(suite))).toBe(vector.suite_id);
      }
      expect(vectors.length).toBeGreaterThan(4);
      report(`hpke key schedule (${name})`, vectors.length);
    });

    test(`seals and opens at every sequence number of ChaCha20-Poly1305 (${name})`, () => {
      const vectors = FILES.flatMap(vectorsOf).filter((vector) => vector.aead_id === SUITE.aead);
      let checked = 0;
      for (const vector of vectors) {
        for (const { aad, ct, nonce, pt } of vector.encryptions) {
          const sequence = Number(Buffer.from(aad, 'hex').toString().replace('Count-', ''));
          expect(toHex(nonceAt(hex(vector.base_nonce), sequence))).toBe(nonce);
          const key = hex(vector.key);
          expect(toHex(encrypt(key, hex(nonce), hex(aad), hex(pt)))).toBe(ct);
          expect(toHex(decrypt(key, hex(nonce), hex(aad), hex(ct)))).toBe(pt);
          checked++;
        }
      }
      expect(checked).toBeGreaterThan(9);
      report(`hpke encryptions (${name})`, checked);
    });
  }

  test('encapsulates by the fallback and decapsulates by the vault, KEM 0x647a', async () => {
    const vectors = load<Vector[]>(FILES[0] ?? '').filter((vector) => vector.kem_id === SUITE.kem);
    for (const vector of vectors) {
      const { sharedSecret, enc } = encapsulateWith(hex(vector.pkRm), hex(vector.ikmE));
      const secret = importReceiveSeed(hex(vector.skRm));
      expect(toHex(enc)).toBe(vector.enc);
      expect(toHex(sharedSecret)).toBe(vector.shared_secret);
      expect(toHex(secret.publicKey)).toBe(vector.pkRm);
      expect(toHex(secret.decapsulate(hex(vector.enc)))).toBe(vector.shared_secret);
      const native = await (await nativeKem())?.encapsulate(hex(vector.pkRm));
      if (native === undefined) throw new Error('no native KEM');
      expect(toHex(secret.decapsulate(native.enc))).toBe(toHex(native.sharedSecret));
    }
    expect(oursOf(FILES[0] ?? '').length).toBe(1);
    report('hpke X-Wing (fallback, node, native round trip)', vectors.length);
  });
});
