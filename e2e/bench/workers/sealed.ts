import {
  PLAINTEXT_BYTES,
  encodeBinding,
  type ManifestBundle,
  nativeEd25519,
  nativeKem,
  pad,
  type ReceiveKey,
  type Sealed,
  seal,
  verifyManifest,
} from '@hushfield/crypto/seal';

/** What a controller document says of itself; only what is used here. */
type Boot = {
  readonly ticket: string;
  readonly root: string;
  readonly minSeq: number;
  readonly now: number;
};

export type Claims = {
  readonly mode: 'test' | 'live';
  readonly tenant: string;
  readonly key: string;
  readonly nonce: string;
  readonly iat: number;
  readonly attempts: number;
};

export type Place = {
  readonly fields: string;
  readonly api: string;
  readonly pk: string;
  readonly shop: string;
};

export type SealedRequest = { readonly body: string; readonly openReply: Sealed['openReply'] };

const CARD = {
  number: '4242424242424242',
  expMonth: 12,
  expYear: 2030,
  cvc: '123',
  name: 'Ann Example',
};

export async function fetchBoot({ fields, pk }: Place): Promise<Boot> {
  const headers = { 'sec-fetch-dest': 'iframe' };
  const response = await fetch(`${fields}/f1/${pk}/controller`, { headers });
  const html = await response.text();
  const json = /<script type="application\/json" id="boot">(.*?)<\/script>/s.exec(html)?.[1];
  if (!response.ok || json === undefined) throw new Error(`no controller: ${response.status}`);
  return JSON.parse(json) as Boot;
}

export async function fetchKey({ api }: Place, { root, minSeq, now }: Boot): Promise<ReceiveKey> {
  const response = await fetch(`${api}/v1/keys/manifest`);
  const bundle = (await response.json()) as ManifestBundle;
  const verify = await nativeEd25519();
  if (!verify) throw new Error('this Node has no Ed25519');
  const rootPublicKey = Buffer.from(root, 'base64url');
  return verifyManifest(bundle, { rootPublicKey, env: 'test', minSeq, now }, verify);
}

/**
 * Seals cards as controller frames do, one like the other unless told, with tickets of the vault's
 * own, each for its full number of attempts.
 */
export async function sealRequests(
  place: Place,
  count: number,
  cardOf: (index: number) => object = () => CARD,
): Promise<SealedRequest[]> {
  const kem = await nativeKem();
  if (!kem) throw new Error('this Node has no native X-Wing parts');
  const requests: SealedRequest[] = [];
  let key: ReceiveKey | undefined;
  while (requests.length < count) {
    const boot = await fetchBoot(place);
    key ??= await fetchKey(place, boot);
    const claims = claimsOf(boot);
    for (let attempt = 1; attempt <= claims.attempts && requests.length < count; attempt += 1) {
      const aad = binding(place, claims, key, attempt);
      const card = cardOf(requests.length);
      const plaintext = pad(Buffer.from(JSON.stringify(card)), PLAINTEXT_BYTES);
      const sealed = await seal({ kem, publicKey: key.publicKey, aad, plaintext });
      const { ticket } = boot;
      const [enc, ct] = [sealed.enc, sealed.ct].map((bytes) =>
        Buffer.from(bytes).toString('base64url'),
      );
      const body = { v: 1, ticket, parentOrigin: place.shop, attempt, kid: key.kid, enc, ct };
      requests.push({ body: JSON.stringify(body), openReply: (reply) => sealed.openReply(reply) });
    }
  }
  return requests;
}

/** What a ticket says; the vault's own, so read as it stands. */
export function claimsOf({ ticket }: Pick<Boot, 'ticket'>): Claims {
  const [payload = ''] = ticket.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
}

export function binding(
  { shop }: Place,
  claims: Claims,
  { kid }: Pick<ReceiveKey, 'kid'>,
  attempt: number,
) {
  return encodeBinding({
    version: 1,
    env: claims.mode,
    tenant: claims.tenant,
    keyId: claims.key,
    ticketNonce: claims.nonce,
    sessionId: '',
    parentOrigin: shop,
    attempt,
    kid,
    issuedAt: claims.iat,
    billingDigest: new Uint8Array(0),
  });
}

/**
 * The id of the token inside a sealed answer.
 *
 * @throws Error when the vault refused.
 */
export function tokenIn(request: SealedRequest, answer: string): string {
  const { reply } = JSON.parse(answer) as { reply?: string };
  if (reply === undefined) throw new Error(`not an answer of a vault: ${answer.slice(0, 200)}`);
  const opened = Buffer.from(request.openReply(Buffer.from(reply, 'base64url'))).toString();
  const { ok, token } = JSON.parse(opened) as { ok: boolean; token?: { id: string } };
  if (!ok || token === undefined) throw new Error(`refused: ${opened.slice(0, 200)}`);
  return token.id;
}
