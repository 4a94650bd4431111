import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  binding,
  flipped,
  kems,
  message,
  plaintext,
  secret,
  thrownBy,
} from '../../test/sealing-fixture.ts';
import { fallbackKem } from '../fallback/index.ts';
import { open } from '../open/index.ts';
import { browserEncrypt } from './primitives.ts';
import { CryptoError, encodeBinding, ENC_BYTES, pad, REPLY_BYTES, seal } from './index.ts';

const aad = encodeBinding(binding);
const refused = new CryptoError('reply_invalid');

async function exchange() {
  const input = { kem: fallbackKem, publicKey: secret.publicKey, aad, plaintext: plaintext() };
  const sealed = await seal(input);
  const { sealReply } = open({ secret, enc: sealed.enc, ct: sealed.ct, aad });
  return { sealed, reply: sealReply(message) };
}

test('every seal has one of two sizes, whatever is inside', async () => {
  for (const kem of await kems()) {
    for (const size of [512, 2048]) {
      const input = { kem, publicKey: secret.publicKey, aad, plaintext: pad(message, size) };
      const { enc, ct } = await seal(input);
      expect([enc.length, ct.length]).toStrictEqual([ENC_BYTES, size + 16]);
    }
  }
});

test('two seals of one plaintext share nothing', async () => {
  const input = { kem: fallbackKem, publicKey: secret.publicKey, aad, plaintext: plaintext() };
  const [a, b] = [await seal(input), await seal(input)];
  expect(a.enc).not.toStrictEqual(b.enc);
  expect(a.ct).not.toStrictEqual(b.ct);
});

test('an unpadded plaintext is a mistake of ours and is not sealed', async () => {
  const input = { kem: fallbackKem, publicKey: secret.publicKey, aad, plaintext: message };
  await expect(seal(input)).rejects.toThrow(RangeError);
});

test('a key that cannot be sealed to is refused with one code on both paths', async () => {
  const overflowing = Uint8Array.from(secret.publicKey).fill(0xff, 0, 1152);
  for (const kem of await kems()) {
    for (const publicKey of [overflowing, secret.publicKey.subarray(1), new Uint8Array(0)]) {
      const attempt = seal({ kem, publicKey, aad, plaintext: plaintext() });
      await expect(attempt).rejects.toStrictEqual(new CryptoError('public_key_invalid'));
    }
  }
});

test('the caller keeps its plaintext, to zero it itself', async () => {
  const mine = plaintext();
  await seal({ kem: fallbackKem, publicKey: secret.publicKey, aad, plaintext: mine });
  expect(mine).toStrictEqual(plaintext());
});

test('a reply has one size and opens once', async () => {
  const { sealed, reply } = await exchange();
  expect(reply.length).toBe(REPLY_BYTES);
  expect(sealed.openReply(reply)).toStrictEqual(message);
  expect(thrownBy(() => sealed.openReply(reply))).toStrictEqual(refused);
});

test('a reply under the zeroed key of a spent seal is refused', async () => {
  const { sealed, reply } = await exchange();
  sealed.openReply(reply);
  const nonce = new Uint8Array(12);
  const zeroed = new Uint8Array(32);
  const ct = browserEncrypt(zeroed, nonce, new Uint8Array(0), pad(message, 1024));
  const forged = Uint8Array.from([...nonce, ...ct]);
  expect(thrownBy(() => sealed.openReply(forged))).toStrictEqual(refused);
});

test('a reply to another seal is refused, and the right one opens after it', async () => {
  const [mine, other] = [await exchange(), await exchange()];
  expect(thrownBy(() => mine.sealed.openReply(other.reply))).toStrictEqual(refused);
  expect(mine.sealed.openReply(mine.reply)).toStrictEqual(message);
});

test('random and bit-flipped replies throw one error', async () => {
  const { sealed, reply } = await exchange();
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: REPLY_BYTES + 16 }),
    fc.uint8Array({ minLength: REPLY_BYTES, maxLength: REPLY_BYTES }),
    fc.nat(REPLY_BYTES * 8 - 1).map((bit) => flipped(reply, bit)),
  );
  const property = fc.property(hostile, (bytes) => {
    expect(thrownBy(() => sealed.openReply(bytes))).toStrictEqual(refused);
  });
  fc.assert(property, { numRuns: 300 });
});
