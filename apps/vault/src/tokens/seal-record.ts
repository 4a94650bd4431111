import { type DataKey, type EnvelopeContext, sealEnvelope } from '@hushfield/crypto/envelope';
import type { DataClass, Kept } from './token-kind.ts';

export const SCHEMA_VERSION = 1;
const LIFE_MS = 24 * 60 * 60 * 1000;

/** Whose token it will be. */
export type Owner = { readonly tenant: string; readonly mode: 'test' | 'live' };

/** Where an envelope lies; it opens nowhere else, and as nothing else. */
export type Place = {
  readonly tenant: string;
  readonly tokenId: string;
  readonly dataClass: DataClass;
};

export function contextOf({ tenant, tokenId, dataClass }: Place): EnvelopeContext {
  return {
    table: 'cards',
    column: 'envelope',
    tenant,
    record: tokenId,
    class: dataClass,
    schemaVersion: SCHEMA_VERSION,
  };
}

/** Seals what is kept of a token, into its place. */
export function sealed(dataKey: DataKey, place: Place, kept: Kept) {
  const secret = Buffer.from(JSON.stringify(kept));
  try {
    const envelope = sealEnvelope(dataKey, contextOf(place), secret);
    return { dataClass: place.dataClass, envelope, dataKeyId: dataKey.id };
  } finally {
    secret.fill(0);
  }
}

/** What the row of every new token says. */
export function ownRow(
  { tenant, mode }: Owner,
  customer: string | null,
  tokenId: string,
  now: number,
) {
  return {
    tenant,
    token_id: tokenId,
    mode,
    customer,
    metadata: {},
    created_at: new Date(now),
    expires_at: new Date(now + LIFE_MS),
  };
}
