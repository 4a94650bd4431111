import { CryptoError, envelopeDataKeyId, openEnvelope } from '@hushfield/crypto/envelope';
import * as z from 'zod';
import { VaultError } from '../app/vault-error.ts';
import type { Vault } from '../vault.ts';
import { contextOf } from './seal-record.ts';
import { CLASS_OF, KEPT, type Kept, type TokenType } from './token-kind.ts';

/** Whose envelope it is said to be, and what of. */
type Said = { readonly tenant: string; readonly tokenId: string; readonly type: TokenType };

/**
 * Opens an envelope as what its row says that it is.
 *
 * @throws CryptoError or ZodError for one that does not open where it lies, or is of another type: see isShut.
 */
export async function openAs(
  keys: Vault['keys'],
  { tenant, tokenId, type }: Said,
  envelope: Uint8Array,
): Promise<Kept> {
  const dataKey = await keys.dataKey(tenant, envelopeDataKeyId(envelope));
  const place = contextOf({ tenant, tokenId, dataClass: CLASS_OF[type] });
  const opened = openEnvelope(() => dataKey, place, envelope);
  try {
    return KEPT[type].parse(JSON.parse(Buffer.from(opened).toString('utf8')));
  } finally {
    opened.fill(0);
  }
}

/** Whether it is what is stored that does not open. Of its class, and not of the type that the row says, is tampering too. */
export function isShut(error: unknown): boolean {
  return error instanceof CryptoError || error instanceof z.core.$ZodError;
}

/**
 * The same for a request.
 *
 * @throws VaultError `service_unavailable` for one that does not open where it lies, which somebody has
 * moved, changed, or whose data key is destroyed: the log says so.
 */
export async function openKept(
  vault: Pick<Vault, 'keys' | 'log'>,
  said: Said,
  envelope: Uint8Array,
  requestId: string,
): Promise<Kept> {
  try {
    return await openAs(vault.keys, said, envelope);
  } catch (error) {
    if (!isShut(error)) throw error;
    const { tenant, tokenId } = said;
    const facts = { role: 'api', requestId, tenant, detail: tokenId } as const;
    vault.log.error(facts, whyShut(vault, tenant, envelope));
    throw new VaultError('service_unavailable', 500);
  }
}

/** For the operator: a restored backup whose key is gone is no attack. */
function whyShut({ keys }: Pick<Vault, 'keys'>, tenant: string, envelope: Uint8Array): string {
  try {
    if (keys.tenants.isDestroyed(tenant, envelopeDataKeyId(envelope))) return KEY_IS_GONE;
  } catch {
    // Not even an envelope.
  }
  return DOES_NOT_OPEN;
}

const DOES_NOT_OPEN =
  'what is stored of a token does not open where it lies: somebody moved or changed it';
const KEY_IS_GONE = 'what is stored of a token does not open: its data key was destroyed';
