import {
  PLAINTEXT_BYTES,
  type Ed25519Verify,
  encodeBinding,
  type Kem,
  nativeEd25519,
  nativeKem,
  pad,
  type ReceiveKey,
  seal,
  verifyManifest,
} from '@hushfield/crypto/seal';
import type { Deployment } from './deployment.ts';

/*
 * What a controller frame does, from Node: a driver that puts load on the real HTTP interface without
 * a browser. The seal is the project's own, since a second implementation would test itself.
 */

type Boot = {
  readonly api: string;
  readonly ticket: string;
  readonly root: string;
  readonly minSeq: number;
  readonly now: number;
  readonly mode: 'test' | 'live';
};
type Claims = {
  readonly tenant: string;
  readonly key: string;
  readonly nonce: string;
  readonly iat: number;
  readonly attempts: number;
};

export type SealedCard = {
  readonly number: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly cvc?: string;
  readonly name?: string;
};

const decode = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
const encode = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** One controller document: a ticket, a verified key and as many attempts as the ticket allows. */
export class SealedClient {
  readonly #deployment: Deployment;
  readonly #boot: Boot;
  readonly #claims: Claims;
  readonly #kem: Kem;
  readonly #key: ReceiveKey;
  #attempt = 0;

  private constructor(deployment: Deployment, boot: Boot, engine: { kem: Kem; key: ReceiveKey }) {
    this.#deployment = deployment;
    this.#boot = boot;
    const [payload = ''] = boot.ticket.split('.');
    this.#claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    this.#kem = engine.kem;
    this.#key = engine.key;
  }

  /** Fetches the controller document and the manifest, as a frame on the registered page would. */
  static async open(deployment: Deployment): Promise<SealedClient> {
    const { fieldsOrigin, keys, vaultApi } = deployment;
    const document = await fetch(`${fieldsOrigin}/f1/${keys.publishableKey}/controller`, {
      headers: { 'sec-fetch-dest': 'iframe' },
    });
    const boot: Boot = JSON.parse(/id="boot">([^<]*)</.exec(await document.text())?.[1] ?? '{}');
    const [kem, verify] = await Promise.all([nativeKem(), nativeEd25519()]);
    if (!kem || !verify) throw new Error('this Node has no native X-Wing parts');
    const key = await receiveKey(vaultApi, boot, verify);
    return new SealedClient(deployment, boot, { kem, key });
  }

  get exhausted(): boolean {
    return this.#attempt >= this.#claims.attempts;
  }

  /**
   * Tokenizes a card.
   *
   * @returns the token's id.
   * @throws Error when there is no answer or it is a refusal.
   */
  async tokenize(card: SealedCard): Promise<string> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    const sealed = await seal({
      kem: this.#kem,
      publicKey: this.#key.publicKey,
      aad: this.#binding(attempt),
      plaintext: pad(new TextEncoder().encode(JSON.stringify(card)), PLAINTEXT_BYTES),
    });
    const response = await fetch(`${this.#deployment.vaultApi}/v1/tokenize`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.#deployment.fieldsOrigin },
      body: JSON.stringify({
        v: 1,
        ticket: this.#boot.ticket,
        parentOrigin: this.#deployment.shopOrigin,
        attempt,
        kid: this.#key.kid,
        enc: encode(sealed.enc),
        ct: encode(sealed.ct),
      }),
    });
    const body: Record<string, unknown> = await response.json();
    if (!response.ok) throw new Error(`refused: ${String(body['code'])}`);
    const opened = Buffer.from(sealed.openReply(decode(String(body['reply'])))).toString();
    const reply = JSON.parse(opened);
    if (reply.ok !== true) throw new Error(`refused: ${String(reply.error?.code)}`);
    return String(reply.token.id);
  }

  #binding(attempt: number): Uint8Array {
    return encodeBinding({
      version: 1,
      env: this.#boot.mode,
      tenant: this.#claims.tenant,
      keyId: this.#claims.key,
      ticketNonce: this.#claims.nonce,
      sessionId: '',
      parentOrigin: this.#deployment.shopOrigin,
      attempt,
      kid: this.#key.kid,
      issuedAt: this.#claims.iat,
      billingDigest: new Uint8Array(0),
    });
  }
}

async function receiveKey(api: string, boot: Boot, verify: Ed25519Verify): Promise<ReceiveKey> {
  const response = await fetch(`${api}/v1/keys/manifest`);
  const { mode: env, minSeq, now } = boot;
  return verifyManifest(
    await response.json(),
    { rootPublicKey: decode(boot.root), env, minSeq, now },
    verify,
  );
}
