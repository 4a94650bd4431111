import { binOf, detectBrand, networks } from '@hushfield/card';
import type { CardPlaintext } from '@hushfield/contract/http';
import { fingerprint } from '@hushfield/crypto/fingerprint';
import { newTokenId } from '@hushfield/crypto/token-id';
import { sealCode } from '../codes/seal-code.ts';
import type { Vault } from '../vault.ts';
import { type Owner, ownRow, SCHEMA_VERSION, sealed } from './seal-record.ts';
import type { NewRecord } from './token-store.ts';
import type { CardRow } from './token-view.ts';

const MAX_NETWORKS = 4;

/** Whose card it is, and how much of its BIN may stand in clear. */
type Beside = { readonly customer: string | null; readonly binDigits: number };

/**
 * Turns a judged card into what is stored of it. Whatever the shopper typed is in the envelope, but for
 * the security code, which lies apart and not for long.
 *
 * The code first: what a key cache gives is used before the next `await`.
 */
export async function sealCard(
  { keys, codeKeys }: Pick<Vault, 'keys' | 'codeKeys'>,
  owner: Owner,
  { customer, binDigits }: Beside,
  card: CardPlaintext,
  now: number,
): Promise<NewRecord<CardRow>> {
  const tokenId = newTokenId(owner.mode);
  const place = { tenant: owner.tenant, tokenId };
  const code = card.cvc === undefined ? undefined : await sealCode(codeKeys, place, card.cvc, now);
  const { pan: dataKey, fingerprint: own } = await keys.tenantKeys(owner.tenant);
  return {
    token: {
      ...ownRow(owner, customer, tokenId, now),
      type: 'card',
      ...clear(card, binDigits),
      cvc_collected: code !== undefined,
      fingerprint: fingerprint(own.key, card.number),
      about: null,
    },
    ...sealed(dataKey, { ...place, dataClass: 'pan' }, kept(card)),
    fingerprintKey: own.number,
    schemaVersion: SCHEMA_VERSION,
    code,
  };
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

function clear({ number, expMonth, expYear, network }: CardPlaintext, binDigits: number) {
  return {
    brand: detectBrand(number),
    networks: networks(number).slice(0, MAX_NETWORKS),
    network: network ?? null,
    last4: number.slice(-4),
    bin: binOf(number, binDigits) ?? null,
    exp_month: expMonth,
    exp_year: expYear,
  };
}
