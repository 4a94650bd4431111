import { describe, expect, test } from 'vitest';
import { encapsulateWith } from '../../src/fallback/fallback-kem.ts';
import { importReceiveSeed } from '../../src/open/index.ts';
import { nativeKem } from '../../src/seal/index.ts';
import { absent, hex, load, report, toHex } from './load.ts';

type Vector = { seed: string; eseed: string; ss: string; pk: string; ct: string };

describe.skipIf(absent)('X-Wing vectors', () => {
  const vectors = absent ? [] : load<Vector[]>('xwing/xwing_draft_vectors.json');

  test('fallback encapsulates to the published bytes', () => {
    for (const { pk, eseed, ss, ct } of vectors) {
      const { sharedSecret, enc } = encapsulateWith(hex(pk), hex(eseed));
      expect({ ss: toHex(sharedSecret), ct: toHex(enc) }).toStrictEqual({ ss, ct });
    }
    report('xwing (fallback)', vectors.length);
  });

  test('vault expands the seed and decapsulates to the published secret', () => {
    for (const { seed, pk, ss, ct } of vectors) {
      const secret = importReceiveSeed(hex(seed));
      const got = { pk: toHex(secret.publicKey), ss: toHex(secret.decapsulate(hex(ct))) };
      expect(got).toStrictEqual({ pk, ss });
    }
    expect(vectors.length).toBe(3);
    report('xwing (node)', vectors.length);
  });

  test('native encapsulation to a published key is opened by its seed', async () => {
    const kem = await nativeKem();
    for (const { seed, pk } of vectors) {
      const sent = await kem?.encapsulate(hex(pk));
      if (sent === undefined) throw new Error('no native KEM');
      const secret = importReceiveSeed(hex(seed));
      expect(toHex(secret.decapsulate(sent.enc))).toBe(toHex(sent.sharedSecret));
    }
    report('xwing (native round trip)', vectors.length);
  });
});
