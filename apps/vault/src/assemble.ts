import { CodeKeys } from './codes/code-keys.ts';
import type { Config } from './config.ts';
import { openKeyStore } from './keys/first-start.ts';
import { directoryKek } from './keys/kek/directory-kek.ts';
import type { Kek } from './keys/kek/kek.ts';
import { pkcs11Kek } from './keys/kek/pkcs11-kek.ts';
import { ReceiveKeys } from './keys/receive-keys.ts';
import { Pricing } from './limits/pricing.ts';
import type { Vault } from './vault.ts';

/** The driver that is configured. */
export function kekOf({ kek, keyStoreDir }: Config): Kek {
  return kek.kind === 'pkcs11' ? pkcs11Kek(kek) : directoryKek(keyStoreDir);
}

/**
 * Puts together what the roles share, out of what was opened. Whoever calls it closes its keys.
 *
 * @throws StartError when the key store has lost a key, or the KEK is not there.
 */
export async function assemble(
  config: Config,
  parts: Pick<Vault, 'sql' | 'now' | 'log'>,
  kek: Kek = kekOf(config),
): Promise<Vault> {
  const { keyStoreDir, mode } = config;
  const keys = await openKeyStore(keyStoreDir, kek, parts.now, mode).catch((error: unknown) => {
    kek.close();
    throw error;
  });
  return {
    ...parts,
    keys,
    receiveKeys: new ReceiveKeys(keys, parts.now),
    codeKeys: new CodeKeys(parts.sql, kek, parts.now),
    mode,
    rootPublicKey: config.rootPublicKey,
    site: { fieldsOrigin: config.fieldsOrigin, apiOrigin: config.apiOrigin },
    limits: config.limits,
    pricing: new Pricing(parts.now, parts.log),
    fieldsPerMinute: config.fieldsPerMinute,
    ticketSeconds: config.ticketSeconds,
    trustProxy: config.trustProxy,
  };
}
