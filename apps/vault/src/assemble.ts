import { join } from 'node:path';
import type { Config } from './config.ts';
import { openKeyDirectory } from './keys/first-start.ts';
import { ReceiveKeys } from './keys/receive-keys.ts';
import { Pricing } from './limits/pricing.ts';
import type { Vault } from './vault.ts';

/**
 * Puts together what the roles share, out of what was opened.
 *
 * @throws StartError when the key directory has lost a key.
 */
export function assemble(config: Config, parts: Pick<Vault, 'sql' | 'now' | 'log'>): Vault {
  const keys = openKeyDirectory(join(config.dataDir, 'keys'), parts.now);
  return {
    ...parts,
    keys,
    receiveKeys: new ReceiveKeys(keys, parts.now),
    mode: config.mode,
    site: { fieldsOrigin: config.fieldsOrigin, apiOrigin: config.apiOrigin },
    limits: config.limits,
    pricing: new Pricing(parts.now, parts.log),
    fieldsPerMinute: config.fieldsPerMinute,
    ticketSeconds: config.ticketSeconds,
    trustProxy: config.trustProxy,
  };
}
