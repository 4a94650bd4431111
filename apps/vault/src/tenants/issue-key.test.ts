import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES } from '../../test/engines.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { authenticate } from './authenticate.ts';
import { type KeyWish, issueKey, mintKey, revokeKey, rollKey } from './issue-key.ts';
import type { StoredKey } from './tenant-store.ts';
import { findKey, findOwnKey, listKeys } from './tenant-store.ts';

describe.each(ENGINES)('keys on %s', (engine) => {
  let it: TestVault;
  beforeAll(async () => {
    it = await testVault({ engine });
  }, 60_000);
  afterAll(() => it.close());

  /** The three acts, as the operator and as a key do them. */
  const acts = (role: 'admin' | 'api') => {
    const issuer = { vault: it.vault, actor: role, requestId: null };
    const scope = { role, tenant: it.merchant.tenant };
    const { sql } = it.vault;
    return {
      issue: async (wished: KeyWish) => {
        const minted = await mintKey(it.vault, wished);
        return sql.transaction(scope, (own) => issueKey(own, issuer, wished, minted));
      },
      roll: async (old: StoredKey, overlap: number) => {
        const minted = await mintKey(it.vault, old);
        return sql.transaction(scope, (own) => rollKey(own, issuer, old, minted, overlap));
      },
      revoke: (tenant: string, keyId: string) =>
        sql.transaction(scope, (own) => revokeKey(own, issuer, tenant, keyId)),
    };
  };
  const BOTH = ['admin', 'api'] as const;
  const wish = () => ({ tenant: it.merchant.tenant, kind: 'rk', mode: 'test' }) as const;
  const holds = async (key: string) => (await authenticate(it.vault, 'backend', key)) !== undefined;
  const find = async (keyId: string) => {
    const stored = await findKey(it.vault.sql.as('fields'), keyId);
    if (stored === undefined) throw new Error('no key');
    return stored;
  };

  test('makes a key that holds at once, and keeps nothing of it but a hash', async () => {
    for (const { issue } of BOTH.map(acts)) {
      const { key, keyId } = await issue({ ...wish(), scopes: ['tokens:read'] });
      expect(await holds(key)).toBe(true);
      expect(await find(keyId)).toMatchObject({ scopes: ['tokens:read'], rolledFrom: null });
      const everything = JSON.stringify(await it.vault.sql.owner.query('SELECT * FROM api_keys'));
      expect(everything).not.toContain(key.slice(-30));
    }
  });

  test('is found among its tenant’s by whoever serves that, and by nobody else', async () => {
    const { issue } = acts('admin');
    const { keyId } = await issue(wish());
    const sql = it.vault.sql.as('api', it.merchant.tenant);
    const whose = { tenant: it.merchant.tenant, keyId };
    expect(await findOwnKey(sql, whose)).toMatchObject({ keyId });
    const other = `ten_${'X'.repeat(22)}`;
    expect(await findOwnKey(sql, { ...whose, tenant: other })).toBeUndefined();
    // The row security of another tenant's transaction, whatever the statement names.
    expect(await findOwnKey(it.vault.sql.as('api', other), whose)).toBeUndefined();
  });

  test('rolls a key: both hold for the overlap, then the new one alone', async () => {
    for (const { issue, roll } of BOTH.map(acts)) {
      it.time.now = NOON;
      const old = await issue({ ...wish(), label: 'orders', addresses: ['127.0.0.1'] });
      const fresh = await roll(await find(old.keyId), 60_000);
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
      expect(await roll(await find(old.keyId), 0)).toBeUndefined();
    }
  });

  test('rolls a key that ends before the overlap does, and gives it no more time', async () => {
    for (const { issue, roll } of BOTH.map(acts)) {
      it.time.now = NOON;
      const expiresAt = new Date(NOON + 60_000);
      const old = await issue({ ...wish(), expiresAt });
      const fresh = await roll(await find(old.keyId), 120_000);
      expect(await find(old.keyId)).toMatchObject({ expiresAt, revokedAt: null });
      expect(await find(fresh?.keyId ?? '')).toMatchObject({ expiresAt, rolledFrom: old.keyId });
      it.time.now += 60_000;
      expect(await roll(await find(old.keyId), 120_000)).toBeUndefined();
    }
  });

  test('revokes a key for good, once, also one that was rolled', async () => {
    const { issue, roll, revoke } = acts('api');
    const old = await issue(wish());
    await roll(await find(old.keyId), 60_000);
    expect(await revoke(it.merchant.tenant, old.keyId)).toBe(true);
    expect(await holds(old.key)).toBe(false);
    expect(await revoke(it.merchant.tenant, old.keyId)).toBe(false);
    const other = `ten_${'Z'.repeat(22)}`;
    const { keyId } = await issue(wish());
    expect(await revoke(other, keyId)).toBe(false);
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
      { action: 'key.create', n: 9 },
      { action: 'key.revoke', n: 1 },
      { action: 'key.roll', n: 5 },
    ]);
  });

  test.each(['sk', 'rk', 'pk'] as const)('takes no %s of the other mode', async (kind) => {
    const as = kind === 'pk' ? 'publishable' : 'backend';
    const [issue] = BOTH.map((role) => acts(role).issue);
    for (const mode of ['test', 'live'] as const) {
      const key = (await issue?.({ ...wish(), kind, mode }))?.key ?? '';
      const found = await authenticate(it.vault, as, key);
      expect([mode, found?.mode]).toStrictEqual([mode, mode === 'test' ? 'test' : undefined]);
      const live = await authenticate({ ...it.vault, mode: 'live' }, as, key);
      expect([mode, live?.mode]).toStrictEqual([mode, mode === 'live' ? 'live' : undefined]);
    }
  });
});
