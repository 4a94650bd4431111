import { createHmac, sign } from 'node:crypto';
import { privateKeyOf, type WebhookSecret } from './webhook-secret.ts';

/** What is signed. The id holds no dot, or another split of the same bytes would carry the same signature. */
export type Message = {
  readonly id: string;
  /** Unix seconds of this try: receivers refuse what is older than five minutes. */
  readonly timestamp: number;
  readonly body: string;
};

/**
 * The `webhook-signature` of the Standard Webhooks specification: for each secret, newest first, a `v1` (HMAC with
 * SHA-256) and a `v1a` (Ed25519), with spaces between. A receiver takes the first it can verify.
 */
export function signWebhook(secrets: readonly WebhookSecret[], message: Message): string {
  const { id, timestamp, body } = message;
  if (!/^[\w-]+$/.test(id) || !Number.isSafeInteger(timestamp))
    throw new RangeError('id or timestamp is none');
  const signed = Buffer.from(`${id}.${timestamp}.${body}`);
  return secrets
    .flatMap((secret) => [
      `v1,${createHmac('sha256', secret.hmac).update(signed).digest('base64')}`,
      `v1a,${sign(null, signed, privateKeyOf(secret)).toString('base64')}`,
    ])
    .join(' ');
}
