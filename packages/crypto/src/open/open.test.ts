import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  binding,
  flipped,
  kems,
  message,
  plaintext,
  REBOUND,
  secret,
  thrownBy,
} from '../../test/sealing-fixture.ts';
import { fallbackKem } from '../fallback/index.ts';
import { seal } from '../seal/index.ts';
import {
  type Binding,
  CryptoError,
  ENC_BYTES,
  encodeBinding,
  generateReceiveSeed,
  importReceiveSeed,
  open,
  unpad,
} from './index.ts';

const aad = encodeBinding(binding);
const refused = new CryptoError('seal_invalid');
let sealed: { enc: Uint8Array; ct: Uint8Array };

beforeAll(async () => {
  sealed = await seal({
    kem: fallbackKem,
    publicKey: secret.publicKey,
    aad,
    plaintext: plaintext(),
  });
});

describe('what a seal is bound to', () => {
  test('opens under its own binding', () => {
    expect(unpad(open({ secret, ...sealed, aad }).plaintext)).toStrictEqual(message);
  });

  test.each(REBOUND)('does not open with another %s', async (_, change) => {
    const other = encodeBinding({ ...binding, ...change } as Binding);
    for (const kem of await kems()) {
      const { enc, ct } = await seal({
        kem,
        publicKey: secret.publicKey,
        aad,
        plaintext: plaintext(),
      });
      expect(thrownBy(() => open({ secret, enc, ct, aad: other }))).toStrictEqual(refused);
    }
  });

  test('every member of a binding has a row above', () => {
    const changed = REBOUND.flatMap(([, change]) => Object.keys(change));
    expect(new Set(changed)).toStrictEqual(new Set(Object.keys(binding)));
  });

  test('does not open with another receive key', () => {
    const other = importReceiveSeed(generateReceiveSeed());
    expect(thrownBy(() => open({ secret: other, ...sealed, aad }))).toStrictEqual(refused);
  });

  test('does not open with the enc of another seal', async () => {
    const input = { kem: fallbackKem, publicKey: secret.publicKey, aad, plaintext: plaintext() };
    const { enc } = await seal(input);
    expect(thrownBy(() => open({ secret, ...sealed, enc, aad }))).toStrictEqual(refused);
  });
});

describe('hostile bytes', () => {
  test('every flipped bit throws the one error', () => {
    const bits = fc.record({ part: fc.constantFrom('enc', 'ct'), bit: fc.nat(ENC_BYTES * 8 - 1) });
    const property = fc.property(bits, ({ part, bit }) => {
      const input = { ...sealed, [part]: flipped(part === 'enc' ? sealed.enc : sealed.ct, bit) };
      expect(thrownBy(() => open({ secret, ...input, aad }))).toStrictEqual(refused);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('random bytes of any length throw the one error', () => {
    const encs = fc.oneof(
      fc.uint8Array({ maxLength: 1200 }),
      fc.uint8Array({ minLength: ENC_BYTES, maxLength: ENC_BYTES }),
      fc.constant(new Uint8Array(ENC_BYTES)),
    );
    const cts = fc.oneof(
      fc.uint8Array({ maxLength: 2100 }),
      fc.uint8Array({ minLength: 528, maxLength: 528 }),
    );
    const property = fc.property(encs, cts, fc.uint8Array(), (enc, ct, any) => {
      expect(thrownBy(() => open({ secret, enc, ct, aad: any }))).toStrictEqual(refused);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test.each([0, 15, 16, 511, 512, 527, 529, 2063, 2065])('a ct of %i bytes is refused', (size) => {
    const input = { secret, enc: sealed.enc, ct: new Uint8Array(size), aad };
    expect(thrownBy(() => open(input))).toStrictEqual(refused);
  });

  test('sizes are refused before the key is touched', () => {
    // A secret that cannot decapsulate at all: reaching it would throw something else inside.
    const touched: string[] = [];
    const decoy = Object.create(secret, {
      decapsulate: { value: () => touched.push('decapsulate') },
    });
    for (const [enc, ct] of [
      [1119, 528],
      [1120, 527],
      [1121, 2064],
    ] as const) {
      const input = { secret: decoy, enc: new Uint8Array(enc), ct: new Uint8Array(ct), aad };
      expect(thrownBy(() => open(input))).toStrictEqual(refused);
    }
    expect(touched).toStrictEqual([]);
  });

  test('the error carries neither a cause nor detail', () => {
    const error = thrownBy(() => open({ secret, enc: sealed.ct, ct: sealed.enc, aad }));
    expect({ ...(error as CryptoError), message: (error as CryptoError).message }).toStrictEqual({
      name: 'CryptoError',
      type: 'crypto_error',
      code: 'seal_invalid',
      message: 'seal_invalid',
    });
    expect(error).not.toHaveProperty('cause');
  });
});

describe('replies', () => {
  test('two replies to one seal use different nonces', () => {
    const { sealReply } = open({ secret, ...sealed, aad });
    const nonces = [sealReply(message), sealReply(message)].map((reply) => reply.slice(0, 12));
    expect(nonces[0]).not.toStrictEqual(nonces[1]);
  });

  test('a message that does not fit is a mistake of ours', () => {
    const { sealReply } = open({ secret, ...sealed, aad });
    expect(sealReply(new Uint8Array(1023)).length).toBe(1052);
    expect(() => sealReply(new Uint8Array(1024))).toThrow(RangeError);
  });
});

describe('receive secrets', () => {
  test('show nothing secret when inspected or serialised', () => {
    expect(Object.keys(secret)).toStrictEqual(['publicKey']);
    expect(inspect(secret, { depth: 9, showHidden: true })).not.toMatch(/mlKem|x25519/i);
  });

  test.each([0, 31, 33, 64])('a seed of %i bytes is refused', (size) => {
    expect(() => importReceiveSeed(new Uint8Array(size))).toThrow(RangeError);
  });

  test('seeds differ and have 32 bytes', () => {
    const [a, b] = [generateReceiveSeed(), generateReceiveSeed()];
    expect(a.length).toBe(32);
    expect(a).not.toStrictEqual(b);
  });
});
