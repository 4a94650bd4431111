import type { Ed25519Verify } from './kem.ts';
import { type WebSubtle, webSubtle } from './web-subtle.ts';

const ED25519 = 'Ed25519';

/**
 * Ed25519 verification by this engine, or `undefined` when it has none. Decided by verifying one
 * real signature and refusing one that is wrong.
 *
 * @example const verify = (await nativeEd25519()) ?? fallbackEd25519;
 */
export async function nativeEd25519(): Promise<Ed25519Verify | undefined> {
  const subtle = webSubtle();
  if (subtle === undefined) return undefined;
  try {
    return (await passesProbe(subtle)) ? verifyWith(subtle) : undefined;
  } catch {
    return undefined;
  }
}

async function passesProbe(subtle: WebSubtle): Promise<boolean> {
  const pair = await subtle.generateKey(ED25519, false, ['sign', 'verify']);
  const message = Uint8Array.of(1);
  const signature = new Uint8Array(await subtle.sign(ED25519, pair.privateKey, message));
  const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  const verify = verifyWith(subtle);
  const [right, wrong] = await Promise.all([
    verify(publicKey, message, signature),
    verify(publicKey, Uint8Array.of(2), signature),
  ]);
  return right && !wrong;
}

function verifyWith(subtle: WebSubtle): Ed25519Verify {
  return async (publicKey, message, signature) => {
    try {
      const key = await subtle.importKey('raw', publicKey, ED25519, false, ['verify']);
      return await subtle.verify(ED25519, key, signature, message);
    } catch {
      return false; // a malformed key or signature is an answer, not an accident
    }
  };
}
