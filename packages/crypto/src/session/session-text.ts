import { fromBase64Url } from '../encoding/base64url.ts';
import { signedBytes } from '../manifest/signed-text.ts';
import type { Ed25519Verify } from '../seal/kem.ts';

const LABEL = 'hushfield/v1/session';
const SIGNATURE_BYTES = 64;

/** What a session's signature stands over: the payload as it travels, under a label of its own. */
export function sessionBytes(payload: string): Uint8Array {
  return signedBytes(LABEL, payload);
}

/**
 * Whether a session's text was signed with one of these keys. Nothing of it may be parsed before.
 *
 * @param publicKeys - all that there are: around a rotation, sessions are signed with two.
 * @returns its payload, base64url of JSON; nothing for a forged, damaged or differently spelled text.
 * @example const payload = await verifySession(text, [publicKey], verify);
 */
export async function verifySession(
  text: string,
  publicKeys: readonly Uint8Array[],
  verify: Ed25519Verify,
): Promise<string | undefined> {
  const [payload = '', signature = '', ...rest] = text.split('.');
  const bytes = fromBase64Url(signature, SIGNATURE_BYTES);
  if (rest.length > 0 || bytes === undefined || !/^[\w-]+$/.test(payload)) return undefined;
  for (const key of publicKeys) {
    // Compared as a value: an injected verifier that answered anything but true must not pass.
    const answer: unknown = await verify(key, sessionBytes(payload), bytes);
    if (answer === true) return payload;
  }
  return undefined;
}
