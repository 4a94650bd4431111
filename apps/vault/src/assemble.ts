import { join } from 'node:path';
import type { Config } from './config.ts';
import { KeyDirectory } from './keys/key-directory.ts';
import { ReceiveKeys } from './keys/receive-keys.ts';
import type { Vault } from './vault.ts';

/** Puts together what the roles share, out of what was opened. */
export function assemble(config: Config, parts: Pick<Vault, 'sql' | 'now' | 'log'>): Vault {
  const keys = new KeyDirectory(join(config.dataDir, 'keys'), parts.now);
  return {
    ...parts,
    keys,
    receiveKeys: new ReceiveKeys(keys, parts.now),
    mode: config.mode,
    site: { fieldsOrigin: config.fieldsOrigin, apiOrigin: config.apiOrigin },
    ticketsPerMinute: config.ticketsPerMinute,
    trustProxy: config.trustProxy,
  };
}
