import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { WebhookEvent } from './event-types.ts';
import { HushfieldError } from './hushfield-error.ts';

/** Of a request, as Node, a framework or `fetch` has them. */
export type WebhookHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>;

const TOLERANCE_SECONDS = 300;
const SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;
const PUBLIC_KEY = /^whpk_([A-Za-z0-9+/]{43}=)$/;
const ID = /^[\w-]{1,100}$/;
const SECONDS = /^\d{1,12}$/;

type Parts = { readonly id: string; readonly timestamp: string; readonly signature: string };

/**
 * Reads what a vault tells you, if it is from your vault, meant for this endpoint and not older than five minutes.
 * Give the body as it came: JSON that was parsed and written again has other bytes.
 *
 * @param secret - `whsec_…`, which the endpoint was made with; or `whpk_…`, its public key, for who is to verify and
 * not to sign.
 * @throws HushfieldError `webhook_not_verified`, whatever it is: answer 400.
 * @throws TypeError for what can be no secret.
 * @example
 * const event = verifyWebhook(rawBody, request.headers, process.env.HUSHFIELD_WEBHOOK_SECRET);
 */
export function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | undefined,
): WebhookEvent {
  const publicKey = PUBLIC_KEY.exec(secret ?? '')?.[1];
  if (secret === undefined || (publicKey === undefined && !SECRET.test(secret)))
    throw new TypeError('A webhook secret is needed, whsec_… or whpk_….');
  const parts = partsOf(headers);
  const body = textOf(rawBody);
  if (parts === undefined || body === undefined) throw notVerified();
  const isGenuine =
    publicKey === undefined ? isSigned(secret, parts, body) : isSignedBy(publicKey, parts, body);
  if (!isGenuine) throw notVerified();
  return eventOf(body, parts.id);
}

/** The library takes a number with anything behind it for a time; here it is a number alone. */
function partsOf(headers: WebhookHeaders): Parts | undefined {
  const get = (name: string) => {
    const found = headers instanceof Headers ? headers.get(name) : lookUp(headers, name);
    return typeof found === 'string' ? found : '';
  };
  const [id, timestamp, signature] = [
    get('webhook-id'),
    get('webhook-timestamp'),
    get('webhook-signature'),
  ];
  const isWhole = ID.test(id) && SECONDS.test(timestamp) && signature !== '';
  return isWhole ? { id, timestamp, signature } : undefined;
}

function lookUp(headers: Exclude<WebhookHeaders, Headers>, name: string): unknown {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Bytes that are no text are not what was signed, whatever a lenient reader makes of them. */
function textOf(rawBody: string | Uint8Array): string | undefined {
  if (typeof rawBody === 'string') return rawBody;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(rawBody);
  } catch {
    return undefined;
  }
}

/** `v1`, by the reference library of the specification. */
function isSigned(secret: string, { id, timestamp, signature }: Parts, body: string): boolean {
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  };
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

/** `v1a`, which that library has not. */
function isSignedBy(publicKey: string, { id, timestamp, signature }: Parts, body: string): boolean {
  const now = Math.floor(Date.now() / 1_000);
  if (Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const x = Buffer.from(publicKey, 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const signed = Buffer.from(`${id}.${timestamp}.${body}`);
  return signature
    .split(' ')
    .filter((each) => /^v1a,[A-Za-z0-9+/]{86}==$/.test(each))
    .some((each) => verify(null, signed, key, Buffer.from(each.slice('v1a,'.length), 'base64')));
}

/** What a vault says, whatever its type: one that is newer may tell of what this client does not know. */
function eventOf(body: string, id: string): WebhookEvent {
  const event = parsed(body);
  if (event?.id !== id || typeof event.type !== 'string' || Object(event.data) !== event.data)
    throw notVerified();
  return event;
}

function parsed(body: string): WebhookEvent | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return Object(value) === value ? (value as WebhookEvent) : undefined;
  } catch {
    return undefined;
  }
}

function notVerified(): HushfieldError {
  return new HushfieldError('webhook_not_verified', 'The webhook is not one of your vault.');
}
