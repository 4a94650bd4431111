import type { TicketClaims } from '@hushfield/contract/boot';
import type { TokenizeRequest } from '@hushfield/contract/http';
import type { Plaintext } from './to-plaintext.ts';
import {
  PLAINTEXT_BYTES,
  encodeBinding,
  pad,
  type ReceiveKey,
  type Sealed,
  seal,
} from '@hushfield/crypto/seal';
import { toBase64url } from './base64url.ts';
import type { Engine } from './engine.ts';
import type { Session } from './read-session.ts';

/** A sealed plaintext ready to post, and the only thing that can read the answer. */
export type SealedPlaintext = {
  readonly body: TokenizeRequest;
  readonly openReply: Sealed['openReply'];
};

/**
 * Seals a card, a security code alone, another secret or a grant, all in one size (P3), to the vault's receive key,
 * bound to this ticket, page and attempt.
 */
export async function sealPlaintext(options: {
  plaintext: Plaintext;
  engine: Engine;
  key: ReceiveKey;
  ticket: string;
  claims: TicketClaims;
  parentOrigin: string;
  attempt: number;
  session: Session | undefined;
}): Promise<SealedPlaintext> {
  const { engine, key, ticket, claims, parentOrigin, attempt, session } = options;
  const aad = encodeBinding({
    version: 1,
    env: claims.mode,
    tenant: claims.tenant,
    keyId: claims.key,
    ticketNonce: claims.nonce,
    sessionId: session?.id ?? '',
    parentOrigin,
    attempt,
    kid: key.kid,
    issuedAt: claims.iat,
    billingDigest: new Uint8Array(0),
  });
  const message = new TextEncoder().encode(JSON.stringify(options.plaintext));
  const plaintext = pad(message, PLAINTEXT_BYTES);
  message.fill(0);
  const sealed = await seal({ kem: engine.kem, publicKey: key.publicKey, aad, plaintext });
  plaintext.fill(0);
  return {
    body: {
      v: 1,
      ticket,
      ...(session === undefined ? {} : { session: session.text }),
      parentOrigin,
      attempt,
      kid: key.kid,
      enc: toBase64url(sealed.enc),
      ct: toBase64url(sealed.ct),
    },
    openReply: (reply) => sealed.openReply(reply),
  };
}

/** Seals nothing, once, so that the shopper's own seal does not pay for compiling the code. */
export async function warmUp(engine: Engine, key: ReceiveKey): Promise<void> {
  const plaintext = new Uint8Array(PLAINTEXT_BYTES);
  await seal({ kem: engine.kem, publicKey: key.publicKey, aad: new Uint8Array(0), plaintext });
}
