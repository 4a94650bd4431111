import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES } from '../../test/engines.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { authenticate } from './authenticate.ts';
import { type Issuer, issueKey, revokeKey, rollKey } from './issue-key.ts';
import { findKey, listKeys } from './tenant-store.ts';

describe.each(ENGINES)('keys on %s', (engine) => {
  let it: TestVault;
  let issuers: Issuer[];
  beforeAll(async () => {
    it = await testVault({ engine });
    issuers = (['admin', 'api'] as const).map((role) => ({
      vault: it.vault,
      role,
      actor: role === 'admin' ? 'operator' : 'key:abc',
      requestId: null,
    }));
  }, 60_000);
  afterAll(() => it.close());

  const wish = () => ({ tenant: it.merchant.tenant, kind: 'rk', mode: 'test' }) as const;
  const holds = async (key: string) => (await authenticate(it.vault, 'backend', key)) !== undefined;
  const find = async (keyId: string) => {
    const stored = await findKey(it.vault.sql.as('fields'), keyId);
    if (stored === undefined) throw new Error('no key');
    return stored;
  };

  test('makes a key that holds at once, and keeps nothing of it but a hash', async () => {
    for (const issuer of issuers) {
      const { key, keyId } = await issueKey(issuer, { ...wish(), scopes: ['tokens:read'] });
      expect(await holds(key)).toBe(true);
      expect(await find(keyId)).toMatchObject({ scopes: ['tokens:read'], rolledFrom: null });
      const everything = JSON.stringify(await it.vault.sql.owner.query('SELECT * FROM api_keys'));
      expect(everything).not.toContain(key.slice(-30));
    }
  });

  test('rolls a key: both hold for the overlap, then the new one alone', async () => {
    for (const issuer of issuers) {
      it.time.now = NOON;
      const old = await issueKey(issuer, { ...wish(), label: 'orders', addresses: ['127.0.0.1'] });
      const fresh = await rollKey(issuer, await find(old.keyId), 60_000);
      if (fresh === undefined) throw new Error('not rolled');
      expect(await find(fresh.keyId)).toMatchObject({
        label: 'orders',
        addresses: ['127.0.0.1'],
        rolledFrom: old.keyId,
        expiresAt: null,
      });
      expect([await holds(old.key), await holds(fresh.key)]).toStrictEqual([true, true]);
      it.time.now += 60_000;
      expect([await holds(old.key), await holds(fresh.key)]).toStrictEqual([false, true]);
      expect(await rollKey(issuer, await find(old.keyId), 0)).toBeUndefined();
    }
  });

  test('revokes a key for good, once, also one that was rolled', async () => {
    const [issuer] = issuers;
    if (issuer === undefined) throw new Error('no issuer');
    const old = await issueKey(issuer, wish());
    await rollKey(issuer, await find(old.keyId), 60_000);
    expect(await revokeKey(issuer, it.merchant.tenant, old.keyId)).toBe(true);
    expect(await holds(old.key)).toBe(false);
    expect(await revokeKey(issuer, it.merchant.tenant, old.keyId)).toBe(false);
    const other = `ten_${'Z'.repeat(22)}`;
    const { keyId } = await issueKey(issuer, wish());
    expect(await revokeKey(issuer, other, keyId)).toBe(false);
  });

  test('lists what is in force and what ended lately, and leaves an entry of every act', async () => {
    it.time.now = NOON;
    const keys = await listKeys(
      it.vault.sql.as('api', it.merchant.tenant),
      it.merchant.tenant,
      new Date(NOON - 1),
    );
    expect(keys.length).toBeGreaterThan(8);
    const later = new Date(NOON + 24 * 60 * 60 * 1000);
    const left = await listKeys(
      it.vault.sql.as('api', it.merchant.tenant),
      it.merchant.tenant,
      later,
    );
    expect(left.every((key) => key.revokedAt === null)).toBe(true);
    expect(left.length).toBeLessThan(keys.length);
    const rows = await it.vault.sql.owner.query(
      "SELECT action, count(*)::int AS n FROM audit_entries WHERE action LIKE 'key.%' GROUP BY 1 ORDER BY 1",
    );
    expect(rows).toStrictEqual([
      { action: 'key.create', n: 6 },
      { action: 'key.revoke', n: 1 },
      { action: 'key.roll', n: 3 },
    ]);
  });
});
