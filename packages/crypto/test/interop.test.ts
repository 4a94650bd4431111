import { AEAD_ChaCha20Poly1305, CipherSuite, KDF_HKDF_SHA256, KEM_MLKEM768_X25519 } from 'hpke';
import { describe, expect, test } from 'vitest';
import { REPLY_CONTEXT, SEAL_INFO } from '../src/hpke/labels.ts';
import {
  encodeBinding,
  generateReceiveSeed,
  importReceiveSeed,
  open,
  REPLY_PLAINTEXT_BYTES,
  unpad,
} from '../src/open/index.ts';
import { serverDecrypt, serverEncrypt } from '../src/open/primitives.ts';
import { pad, seal } from '../src/seal/index.ts';
import { binding, kems, message, plaintext, secret } from './sealing-fixture.ts';

// An independent implementation of the whole of RFC 9180 and of X-Wing, as the oracle.
const oracle = new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_ChaCha20Poly1305);
const aad = encodeBinding(binding);
const answer = new TextEncoder().encode('{"token":"tok_test_1"}');
const nothing = new Uint8Array(0);

describe('interoperation', async () => {
  for (const kem of await kems()) {
    test(`vault opens what the ${kem.path} path sealed, and is understood in reply`, async () => {
      const sealed = await seal({ kem, publicKey: secret.publicKey, aad, plaintext: plaintext() });
      const opened = open({ secret, enc: sealed.enc, ct: sealed.ct, aad });
      expect(unpad(opened.plaintext)).toStrictEqual(message);
      expect(sealed.openReply(opened.sealReply(answer))).toStrictEqual(answer);
    });

    test(`oracle opens what the ${kem.path} path sealed, and is understood in reply`, async () => {
      const seed = generateReceiveSeed();
      const { publicKey } = importReceiveSeed(seed);
      const sealed = await seal({ kem, publicKey, aad, plaintext: plaintext() });
      const key = await oracle.DeserializePrivateKey(seed, false);
      const context = await oracle.SetupRecipient(key, sealed.enc, { info: SEAL_INFO });
      expect(unpad(await context.Open(sealed.ct, aad))).toStrictEqual(message);
      const replyKey = await context.Export(REPLY_CONTEXT, 32);
      const nonce = new Uint8Array(12).fill(1);
      const padded = pad(answer, REPLY_PLAINTEXT_BYTES);
      const ct = serverEncrypt(replyKey, nonce, nothing, padded);
      expect(sealed.openReply(Buffer.concat([nonce, ct]))).toStrictEqual(answer);
    });
  }

  test('vault opens what the oracle sealed, and is understood in reply', async () => {
    const key = await oracle.DeserializePublicKey(secret.publicKey);
    const { encapsulatedSecret, ctx } = await oracle.SetupSender(key, { info: SEAL_INFO });
    const ct = await ctx.Seal(plaintext(), aad);
    const opened = open({ secret, enc: encapsulatedSecret, ct, aad });
    expect(unpad(opened.plaintext)).toStrictEqual(message);
    const reply = opened.sealReply(answer);
    const replyKey = await ctx.Export(REPLY_CONTEXT, 32);
    const padded = serverDecrypt(replyKey, reply.subarray(0, 12), nothing, reply.subarray(12));
    expect(unpad(padded)).toStrictEqual(answer);
  });

  test('vault refuses what the oracle sealed under another info', async () => {
    const key = await oracle.DeserializePublicKey(secret.publicKey);
    const { encapsulatedSecret, ctx } = await oracle.SetupSender(key, {
      info: new TextEncoder().encode('hushfield/v2/seal'),
    });
    const ct = await ctx.Seal(plaintext(), aad);
    expect(() => open({ secret, enc: encapsulatedSecret, ct, aad })).toThrow('seal_invalid');
  });

  test('oracle derives the same public key from a seed', async () => {
    const seed = generateReceiveSeed();
    const key = await oracle.DeserializePrivateKey(seed, true);
    const ours = importReceiveSeed(seed).publicKey;
    expect(await oracle.SerializePrivateKey(key)).toStrictEqual(seed);
    // Opening by the oracle's key what is sealed to our public key shows that they belong together.
    const { encapsulatedSecret, ciphertext } = await oracle.Seal(
      await oracle.DeserializePublicKey(ours),
      message,
    );
    expect(await oracle.Open(key, encapsulatedSecret, ciphertext)).toStrictEqual(message);
  });
});
