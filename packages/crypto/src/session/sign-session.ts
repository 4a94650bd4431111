import { toBase64Url } from '../encoding/base64url.ts';
import type { SigningKey } from '../manifest/signing-key.ts';
import { sessionBytes } from './session-text.ts';

/**
 * Signs a session.
 *
 * @param payload - base64url.
 * @example signSession(key, toBase64Url(json)) // '<payload>.<signature>'
 */
export function signSession(key: SigningKey, payload: string): string {
  return `${payload}.${toBase64Url(key.sign(sessionBytes(payload)))}`;
}
