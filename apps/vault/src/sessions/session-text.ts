import { SessionClaims } from '@hushfield/contract/boot';
import { nodeEd25519, signSession, verifySession } from '@hushfield/crypto/session';
import { parseStrictJson } from '../app/strict-json.ts';
import type { KeyStore } from '../keys/key-store.ts';

/** The longest text that a page, a frame and a request carry. */
const MOST_CHARACTERS = 4_096;

/** A session as a page carries it; nothing when its claims are too long for that. */
export async function writeSession(
  keys: KeyStore,
  claims: SessionClaims,
): Promise<string | undefined> {
  const payload = Buffer.from(JSON.stringify(SessionClaims.parse(claims))).toString('base64url');
  const text = signSession(await keys.signingKey('session'), payload);
  return text.length > MOST_CHARACTERS ? undefined : text;
}

/**
 * Reads a session that this vault has signed; nothing for any other text. Whether it is in force, and for
 * whom, is not asked here.
 */
export async function readSession(
  keys: KeyStore,
  text: string,
): Promise<SessionClaims | undefined> {
  const payload = await verifySession(text, await keys.sessionKeys(), nodeEd25519);
  if (payload === undefined) return undefined;
  // Of a form that this node does not know: it is older than the one that made it.
  return SessionClaims.safeParse(parseStrictJson(Buffer.from(payload, 'base64url'))).data;
}
