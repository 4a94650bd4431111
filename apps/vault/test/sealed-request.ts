import { TicketClaims } from '@hushfield/contract/boot';
import { CodeReplyPlaintext, ReplyPlaintext, type TokenizeRequest } from '@hushfield/contract/http';
import {
  PLAINTEXT_BYTES,
  encodeBinding,
  nativeEd25519,
  nativeKem,
  pad,
  type ReceiveKey,
  seal,
  type Sealed,
  verifyManifest,
} from '@hushfield/crypto/seal';
import { parseApiKey } from '@hushfield/crypto/token-id';
import { issueTicket } from '../src/fields/ticket.ts';
import { trustedRoot } from '../src/root/trusted-root.ts';
import { latestManifest } from '../src/worker/manifest-store.ts';
import type { TestVault } from './test-vault.ts';

const kem = await nativeKem();
const verify = await nativeEd25519();

/** A card every rule is content with. */
export const GOOD = { number: '4242424242424242', expMonth: 12, expYear: 2030, cvc: '123' };

export type Change = {
  /** Sealed as it stands; a text is taken for JSON already. */
  readonly card?: object | string;
  readonly attempt?: number;
  readonly ticket?: string | undefined;
  readonly parentOrigin?: string;
  readonly session?: string | undefined;
  /** Put into the binding only, so that the outside and the inside differ. */
  readonly binding?: object;
  readonly padded?: Uint8Array;
};

export type SealedRequest = { readonly body: TokenizeRequest; readonly sealed: Sealed };

export async function ticketFor(
  test: TestVault,
  change: Partial<TicketClaims> = {},
): Promise<string> {
  const key = parseApiKey(test.merchant.publishableKey)?.keyId ?? '';
  return issueTicket(
    await test.vault.keys.secret('ticket'),
    {
      mode: test.vault.mode,
      tenant: test.merchant.tenant,
      key,
      origins: [test.config.shopOrigin],
      ...change,
    },
    { now: Math.floor(test.time.now / 1000), seconds: test.config.ticketSeconds },
  );
}

/** Does what the controller frame does: verifies the manifest, binds, seals. */
export async function sealedRequest(test: TestVault, change: Change = {}): Promise<SealedRequest> {
  const ticket = change.ticket ?? (await ticketFor(test));
  const parentOrigin = change.parentOrigin ?? test.config.shopOrigin;
  return sealFor({ ticket, parentOrigin, key: await receiveKey(test) }, change);
}

/** What a frame knows: its ticket, its page, and the key to seal to. */
export type Frame = {
  readonly ticket: string;
  readonly parentOrigin: string;
  readonly key: Pick<ReceiveKey, 'kid' | 'publicKey'>;
};

/** Binds and seals a card as a frame does. */
export async function sealFor(
  { ticket, parentOrigin, key }: Frame,
  change: Change = {},
): Promise<SealedRequest> {
  const claims = claimsOf(ticket);
  const attempt = change.attempt ?? 1;
  const aad = encodeBinding({
    version: 1,
    env: claims.mode,
    tenant: claims.tenant,
    keyId: claims.key,
    ticketNonce: claims.nonce,
    sessionId: change.session === undefined ? '' : sessionIdOf(change.session),
    parentOrigin,
    attempt,
    kid: key.kid,
    issuedAt: claims.iat,
    billingDigest: new Uint8Array(0),
    ...change.binding,
  });
  if (kem === undefined) throw new Error('this Node has no native X-Wing parts');
  const plaintext = change.padded ?? paddedCard(change.card ?? GOOD);
  const sealed = await seal({ kem, publicKey: key.publicKey, aad, plaintext });
  const [enc, ct] = [text(sealed.enc), text(sealed.ct)];
  const body = { v: 1, ticket, parentOrigin, attempt, kid: key.kid, enc, ct } as const;
  const { session } = change;
  return { sealed, body: session === undefined ? body : { ...body, session } };
}

/** As a frame reads it, but for the signature; nothing of a text that is no session. */
function sessionIdOf(text: string): string {
  try {
    return String(payloadOf(text).id);
  } catch {
    return '';
  }
}

/** What a signed text says. */
export function payloadOf(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString('utf8'));
}

/** The key a frame would choose now. */
export async function receiveKey(test: TestVault) {
  const latest = await latestManifest(test.vault.sql.as('api'));
  if (latest === undefined || verify === undefined) throw new Error('no manifest or no Ed25519');
  const rootPublicKey = trustedRoot(test.vault);
  const now = Math.floor(test.time.now / 1000);
  return verifyManifest(
    latest.bundle,
    { rootPublicKey, env: test.vault.mode, minSeq: 0, now },
    verify,
  );
}

export function claimsOf(ticket: string): TicketClaims {
  return TicketClaims.parse(payloadOf(ticket));
}

export function paddedCard(card: object | string): Uint8Array {
  const json = typeof card === 'string' ? card : JSON.stringify(card);
  return pad(new TextEncoder().encode(json), PLAINTEXT_BYTES);
}

export function post(test: TestVault, body: unknown, headers: Record<string, string> = {}) {
  return test.api.inject({
    method: 'POST',
    url: '/v1/tokenize',
    headers: {
      origin: test.config.fieldsOrigin,
      'content-type': 'application/json',
      ...headers,
    },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

/** Posts a sealed request and opens the answer, as a frame does. */
export async function tokenize(test: TestVault, change: Change = {}): Promise<ReplyPlaintext> {
  const request = await sealedRequest(test, change);
  const answer = await post(test, request.body);
  if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}: ${answer.body}`);
  return openReply(request.sealed, answer.body);
}

export function openReply(sealed: Sealed, body: string): ReplyPlaintext {
  return ReplyPlaintext.parse(readReply(sealed, body));
}

/** Collects the security code of a token again, as a frame does. */
export async function collectCode(
  test: TestVault,
  card: { readonly token: string; readonly cvc: string },
  change: Change = {},
): Promise<CodeReplyPlaintext> {
  const request = await sealedRequest(test, { ...change, card });
  const answer = await post(test, request.body);
  if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}: ${answer.body}`);
  return openCodeReply(request.sealed, answer.body);
}

export function openCodeReply(sealed: Sealed, body: string): CodeReplyPlaintext {
  return CodeReplyPlaintext.parse(readReply(sealed, body));
}

export function readReply(sealed: Sealed, body: string): unknown {
  const { reply }: { reply: string } = JSON.parse(body);
  const message = sealed.openReply(Buffer.from(reply, 'base64url'));
  return JSON.parse(new TextDecoder().decode(message));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
