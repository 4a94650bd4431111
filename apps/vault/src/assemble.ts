import type { Clocks } from './clock.ts';
import { CodeKeys } from './codes/code-keys.ts';
import type { Config } from './config.ts';
import type { Sql } from './db/sql.ts';
import { openEgress } from './egress/open-egress.ts';
import { type Opening, openKeyStore } from './keys/first-start.ts';
import { directoryKek } from './keys/kek/directory-kek.ts';
import type { Kek } from './keys/kek/kek.ts';
import { pkcs11Kek } from './keys/kek/pkcs11-kek.ts';
import type { KeyStore, Memory } from './keys/key-store.ts';
import { requireNewest } from './keys/newest-secrets.ts';
import { ReceiveKeys } from './keys/receive-keys.ts';
import { secretsOf } from './keys/secret-files.ts';
import { claimStore, hasNoStore } from './keys/store-claim.ts';
import { Pricing } from './limits/pricing.ts';
import { countedDatabase } from './operate/counted-database.ts';
import { countedKek } from './operate/counted-kek.ts';
import { createMetrics } from './operate/metrics.ts';
import type { Opener } from './role.ts';
import type { Vault } from './vault.ts';

/** The driver that is configured. */
export function kekOf({ kek, keyStoreDir }: Config): Kek {
  return kek.kind === 'pkcs11' ? pkcs11Kek(kek, keyStoreDir) : directoryKek(keyStoreDir);
}

type Parts = Pick<Vault, 'sql' | 'now' | 'steady' | 'log'> &
  Partial<Pick<Vault, 'metrics' | 'egress'>>;

/**
 * Puts together what the roles share, out of what was opened. Whoever calls it closes its keys.
 *
 * @throws StartError when the key store is not the one of this database or has lost a key, or the KEK
 * is not there.
 */
export async function assemble(
  config: Config,
  { metrics = createMetrics(), egress = openEgress(config.egress), ...given }: Parts,
  opener: Opener,
  driver: Kek = kekOf(config),
): Promise<Vault> {
  const kek = countedKek(driver, metrics);
  const counts: Memory['counts'] = (cache) => (result) => metrics.keys.cache.add({ cache, result });
  const parts = { ...given, sql: countedDatabase(given.sql, metrics), counts };
  const keys = await openKeys(config, parts, opener, kek).catch((error: unknown) => {
    kek.close();
    throw error;
  });
  return {
    ...given,
    sql: parts.sql,
    metrics,
    keys,
    receiveKeys: new ReceiveKeys(keys, parts),
    codeKeys: new CodeKeys(parts.sql, kek, parts),
    mode: config.mode,
    rootPublicKey: config.rootPublicKey,
    site: { fieldsOrigin: config.fieldsOrigin, apiOrigin: config.apiOrigin },
    limits: config.limits,
    pricing: new Pricing(parts.steady, parts.log),
    egress,
    webhookEgress: openEgress({ ...config.egress, allowed: config.egress.webhooks }),
    webhookOrigins: config.egress.webhooks,
    fieldsPerMinute: config.fieldsPerMinute,
    failedKeysPerMinute: config.failedKeysPerMinute,
    ticketSeconds: config.ticketSeconds,
    witnessFile: config.witnessFile,
    trustProxy: config.trustProxy,
  };
}

/**
 * Makes the key store of a database that has none, and nothing under one; else leaves it as it is.
 *
 * @returns whether it has.
 */
export async function fillNewStore(config: Config, sql: Sql, clocks: Clocks): Promise<boolean> {
  const { mode, keyStoreDir } = config;
  if (!(await hasNoStore(sql))) return false;
  const kek = kekOf(config);
  try {
    await claimStore(sql, keyStoreDir, true);
    const opening = { mode, makes: 'new', needs: secretsOf([]) } as const;
    (await openKeyStore(keyStoreDir, kek, clocks, opening)).close();
  } finally {
    kek.close();
  }
  return true;
}

async function openKeys(
  { keyStoreDir, mode }: Config,
  parts: Memory & Pick<Vault, 'sql'>,
  { roles, fills }: Opener,
  kek: Kek,
): Promise<KeyStore> {
  const sql = parts.sql.as(roles[0] ?? 'admin');
  const isNew = await claimStore(sql, keyStoreDir, fills);
  const makes: Opening['makes'] = fills ? (isNew ? 'new' : 'later') : 'nothing';
  const opening = { mode, makes, needs: secretsOf(roles) };
  const keys = await openKeyStore(keyStoreDir, kek, parts, opening);
  await requireNewest(sql, keyStoreDir);
  return keys;
}
