import type { SessionClaims, TicketClaims } from '@hushfield/contract/boot';
import {
  BankAccountPlaintext,
  CardPlaintext,
  CodePlaintext,
  GrantPlaintext,
  IbanPlaintext,
  TextPlaintext,
  type TokenizeRequest,
} from '@hushfield/contract/http';
import {
  encodeBinding,
  open,
  type Opened,
  type ReceiveSecret,
  unpad,
} from '@hushfield/crypto/open';
import * as z from 'zod/mini';
import { parseStrictJson } from '../app/strict-json.ts';
import { VaultError } from '../app/vault-error.ts';

/** What a frame may seal. */
const Sealable = z.union([
  CardPlaintext,
  CodePlaintext,
  IbanPlaintext,
  BankAccountPlaintext,
  TextPlaintext,
  GrantPlaintext,
]);
export type Sealable = z.infer<typeof Sealable>;

export type OpenedSeal = {
  readonly plaintext: Sealable;
  /** Seals an answer that only the frame can read, always of the same size. */
  sealReply(message: Uint8Array): Uint8Array;
};

const NO_BILLING = new Uint8Array(0);

/** What a seal is bound to, each part verified. */
export type Bound = {
  readonly claims: TicketClaims;
  readonly session: SessionClaims | undefined;
  readonly request: TokenizeRequest;
};

/**
 * Opens what a frame has sealed, under the binding rebuilt from the verified ticket and session.
 *
 * @throws VaultError `invalid_request` for an unknown key, a bad tag, bad padding and bad contents
 * alike: a caller who can tell them apart holds an oracle.
 */
export function openSealed(secret: ReceiveSecret | undefined, bound: Bound): OpenedSeal {
  const { request } = bound;
  if (secret === undefined) throw VaultError.because('invalid_request', 'receive_key');
  const opened = orRefuse('seal_broken', () =>
    open({
      secret,
      enc: Buffer.from(request.enc, 'base64url'),
      ct: Buffer.from(request.ct, 'base64url'),
      aad: bindingOf(bound),
    }),
  );
  const plaintext = orRefuse('seal_contents', () => readPlaintext(opened));
  return { plaintext, sealReply: (message) => opened.sealReply(message) };
}

/** The cause stays here: only the log says which step it was. */
function orRefuse<T>(reason: 'seal_broken' | 'seal_contents', step: () => T): T {
  try {
    return step();
  } catch {
    throw VaultError.because('invalid_request', reason);
  }
}

function bindingOf({ claims, session, request }: Bound): Uint8Array {
  return encodeBinding({
    version: 1,
    env: claims.mode,
    tenant: claims.tenant,
    keyId: claims.key,
    ticketNonce: claims.nonce,
    sessionId: session?.id ?? '',
    parentOrigin: request.parentOrigin,
    attempt: request.attempt,
    kid: request.kid,
    issuedAt: claims.iat,
    billingDigest: NO_BILLING,
  });
}

function readPlaintext({ plaintext }: Opened): Sealable {
  let message: Uint8Array | undefined;
  try {
    message = unpad(plaintext);
    return Sealable.parse(parseStrictJson(message));
  } finally {
    plaintext.fill(0);
    message?.fill(0);
  }
}
