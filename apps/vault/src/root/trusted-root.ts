import { KeysUnavailable } from '../keys/kek/kek.ts';
import type { Vault } from '../vault.ts';

/**
 * The public key that frames are told to trust. In live mode it comes from the configuration alone: what
 * the database and the key store say can be changed by whoever breaks into a node.
 */
export function trustedRoot({
  mode,
  keys,
  rootPublicKey,
}: Pick<Vault, 'mode' | 'keys' | 'rootPublicKey'>): Uint8Array {
  if (mode === 'test') return keys.rootPublicKey();
  if (rootPublicKey === undefined) throw new KeysUnavailable('ROOT_PUBLIC_KEY is not set');
  return rootPublicKey;
}
