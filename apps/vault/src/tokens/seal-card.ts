import { detectBrand, networks } from '@hushfield/card';
import type { CardPlaintext } from '@hushfield/contract/http';
import { type EnvelopeContext, sealEnvelope } from '@hushfield/crypto/envelope';
import { fingerprint } from '@hushfield/crypto/fingerprint';
import { newTokenId } from '@hushfield/crypto/token-id';
import { sealCode } from '../codes/seal-code.ts';
import type { Vault } from '../vault.ts';
import type { NewCard } from './token-store.ts';

const SCHEMA_VERSION = 1;
const LIFE_MS = 24 * 60 * 60 * 1000;
const MAX_NETWORKS = 4;

/** Where a card's envelope lies; it opens nowhere else. */
export function cardPlace(tenant: string, tokenId: string): EnvelopeContext {
  return {
    table: 'cards',
    column: 'envelope',
    tenant,
    record: tokenId,
    class: 'pan',
    schemaVersion: SCHEMA_VERSION,
  };
}

/**
 * Turns a judged card into what is stored of it. Whatever the shopper typed is in the envelope, but for
 * the security code, which lies apart and not for long.
 *
 * The code first: what a key cache gives is used before the next `await`.
 */
export async function sealCard(
  { keys, codeKeys }: Pick<Vault, 'keys' | 'codeKeys'>,
  owner: { readonly tenant: string; readonly mode: 'test' | 'live' },
  customer: string | null,
  card: CardPlaintext,
  now: number,
): Promise<NewCard> {
  const tokenId = newTokenId(owner.mode);
  const place = { tenant: owner.tenant, tokenId };
  const code = card.cvc === undefined ? undefined : await sealCode(codeKeys, place, card.cvc, now);
  const { pan: dataKey, fingerprint: own } = await keys.tenantKeys(owner.tenant);
  const secret = Buffer.from(JSON.stringify(kept(card)));
  try {
    return {
      token: {
        tenant: owner.tenant,
        token_id: tokenId,
        mode: owner.mode,
        ...clear(card),
        cvc_collected: code !== undefined,
        fingerprint: fingerprint(own.key, card.number),
        customer,
        metadata: {},
        created_at: new Date(now),
        expires_at: new Date(now + LIFE_MS),
      },
      envelope: sealEnvelope(dataKey, cardPlace(owner.tenant, tokenId), secret),
      dataKeyId: dataKey.id,
      fingerprintKey: own.number,
      schemaVersion: SCHEMA_VERSION,
      code,
    };
  } finally {
    secret.fill(0);
  }
}

/** What is kept of a card: named one by one, so that nothing else ever comes along. */
export function kept({
  number,
  expMonth,
  expYear,
  name,
  postalCode,
}: CardPlaintext): Omit<CardPlaintext, 'cvc'> {
  return { number, expMonth, expYear, name, postalCode };
}

function clear({ number, expMonth, expYear }: CardPlaintext) {
  return {
    brand: detectBrand(number),
    networks: networks(number).slice(0, MAX_NETWORKS),
    last4: number.slice(-4),
    bin: null,
    exp_month: expMonth,
    exp_year: expYear,
  };
}
