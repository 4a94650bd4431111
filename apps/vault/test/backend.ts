import type { LightMyRequestResponse } from 'fastify';
import { issueKey, type KeyWish, mintKey } from '../src/tenants/issue-key.ts';
import { ensureTenantKeys } from '../src/tenants/tenant-keys.ts';
import { insertTenant } from '../src/tenants/tenant-store.ts';
import type { TestVault } from './test-vault.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
/** What tests look at by name; a schema has been there before. */
type Body = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly fingerprint: string;
  readonly nextCursor: string | null;
};
export type Answer = { readonly status: number; readonly body: Body };

/** Asks as a backend with a key does. */
export async function ask(
  test: TestVault,
  key: string | undefined,
  method: Method,
  url: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer & { readonly raw: LightMyRequestResponse }> {
  const raw = await test.api.inject({
    method,
    url,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: raw.statusCode, body: raw.body === '' ? {} : JSON.parse(raw.body), raw };
}

/** A key of the development merchant's, or of another tenant. */
export async function keyOf(test: TestVault, wish: Partial<KeyWish>): Promise<string> {
  const { vault } = test;
  const whole = { tenant: test.merchant.tenant, kind: 'sk', mode: 'test', ...wish } as const;
  const issuer = { vault, actor: 'operator', requestId: null };
  const minted = await mintKey(vault, whole);
  const { key } = await vault.sql.transaction({ role: 'admin' }, (sql) =>
    issueKey(sql, issuer, whole, minted),
  );
  return key;
}

/** Another tenant, with keys of its own to seal cards under. */
export async function otherTenant(test: TestVault, tenant = `ten_${'O'.repeat(22)}`) {
  const at = new Date(test.time.now);
  await test.vault.sql.transaction({ role: 'admin' }, async (sql) => {
    await insertTenant(sql, tenant, 'Other', at);
    await ensureTenantKeys(sql, test.vault.keys, tenant, at);
  });
  return tenant;
}
