import { join } from 'node:path';
import type { TextPolicy } from '@hushfield/contract/boot';
import { newApiKey, newId, parseApiKey } from '@hushfield/crypto/token-id';
import * as z from 'zod';
import { insertDeploymentAudit } from '../audit/insert-audit.ts';
import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { readBytes, replaceFile } from '../keys/durable-file.ts';
import { hashNewKey } from '../tenants/authenticate.ts';
import { ensureTenantKeys } from '../tenants/tenant-keys.ts';
import { findTenant, insertKey, insertTenant, setOrigins } from '../tenants/tenant-store.ts';
import { insertTextPolicy } from '../tokens/text-policies.ts';
import type { Vault } from '../vault.ts';

const Credentials = z.strictObject({
  tenant: z.string().regex(/^ten_[0-9A-Za-z]{22}$/),
  publishableKey: z.string(),
  secretKey: z.string(),
});
export type Credentials = z.infer<typeof Credentials>;

/** So that a `text` element can be tried; a deployment has none until its operator adds one. */
const NATIONAL_ID: TextPolicy = {
  name: 'national-id',
  alphabet: 'printable',
  minLength: 5,
  maxLength: 20,
};

/**
 * The merchant of a development vault: made at the first start, shown at every one. A fresh database
 * gets the same merchant again, and its origin follows the shop's port.
 *
 * @throws StartError when the stored credentials are not readable, or are of a tenant that was shredded.
 */
export async function developmentMerchant(
  vault: Vault,
  place: { readonly dataDir: string; readonly shopOrigin: string },
): Promise<Credentials> {
  const path = join(place.dataDir, 'development.json');
  const credentials = storedCredentials(path);
  const at = new Date(vault.now());
  await vault.sql.transaction({ role: 'admin' }, async (sql) => {
    const isNew = (await findTenant(sql, credentials.tenant)) === undefined;
    await insertTenant(sql, credentials.tenant, 'Development merchant', at);
    if ((await findTenant(sql, credentials.tenant))?.shreddedAt)
      throw new StartError(
        `The development merchant was shredded; remove ${path} to get a new one.`,
      );
    await register(sql, vault, credentials, credentials.secretKey, at);
    const key = await register(sql, vault, credentials, credentials.publishableKey, at);
    await setOrigins(sql, key, [place.shopOrigin], at);
    await ensureTenantKeys(sql, vault.keys, credentials.tenant, at);
    const { tenant } = credentials;
    await insertTextPolicy(sql, tenant, NATIONAL_ID, at);
    if (isNew) await insertDeploymentAudit(sql, { at, action: 'tenant.create', resource: tenant });
  });
  return credentials;
}

function storedCredentials(path: string): Credentials {
  const stored = readBytes(path);
  if (stored !== undefined) return parseCredentials(path, stored);
  const fresh = {
    tenant: newId('ten'),
    publishableKey: newApiKey('pk', 'test').key,
    secretKey: newApiKey('sk', 'test').key,
  };
  replaceFile(path, Buffer.from(JSON.stringify(fresh)));
  return fresh;
}

function parseCredentials(path: string, bytes: Uint8Array): Credentials {
  try {
    return Credentials.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    throw new StartError(`${path} is not readable; remove it to get a new development merchant.`);
  }
}

async function register(sql: Sql, vault: Vault, { tenant }: Credentials, key: string, at: Date) {
  const parsed = parseApiKey(key);
  if (parsed === undefined || parsed.kind === 'rk')
    throw new StartError('development.json holds no keys.');
  const { kind, mode, keyId } = parsed;
  const hashed = await hashNewKey(vault, key);
  await insertKey(sql, { tenant, keyId, kind, mode, ...hashed }, at);
  return { tenant, keyId };
}
