import { hashApiKey, newApiKey, newId, newTokenId } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ENGINES } from '../../test/engines.ts';
import { revokeKey } from '../../test/revoke-key.ts';
import { tokenize } from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import {
  findKey,
  insertKey,
  insertTenant,
  type NewKey,
  addOrigins,
  setOrigins,
} from '../tenants/tenant-store.ts';

describe.each(ENGINES)('GET /v1/tokens/{id} on %s', (engine) => {
  let it: TestVault;
  let id: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    id = await newToken();
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(() => {
    it.time.now = NOON;
  });

  async function newToken(): Promise<string> {
    const reply = await tokenize(it);
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.token.id;
  }

  async function anotherKey(tenant: string, kind: 'pk' | 'sk' = 'sk') {
    const { key, keyId } = newApiKey(kind, 'test');
    const hash = hashApiKey(await it.vault.keys.secret('pepper'), key);
    await insertKey(
      it.vault.sql.as('admin'),
      { tenant, keyId, kind, mode: 'test', hash, pepperFrom: 0 },
      new Date(NOON),
    );
    return { key, keyId };
  }

  const get = (path: string, key: string | undefined, headers = {}) =>
    it.api.inject({
      url: `/v1/tokens/${path}`,
      headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
    });

  async function answer(...request: Parameters<typeof get>): Promise<string> {
    const { statusCode, headers, body } = await get(...request);
    const requestId = String(headers['x-request-id']);
    return JSON.stringify({ statusCode, headers: { ...headers, date: '' }, body }).replaceAll(
      requestId,
      'id',
    );
  }

  test('gives its tenant the metadata and the fingerprint', async () => {
    const { statusCode, headers, body } = await get(id, it.merchant.secretKey);
    expect([statusCode, headers['cache-control']]).toStrictEqual([200, 'no-store']);
    expect(JSON.parse(body)).toStrictEqual({
      id,
      object: 'token',
      type: 'card',
      mode: 'test',
      createdAt: '2026-11-09T12:00:00.000Z',
      expiresAt: '2026-11-10T12:00:00.000Z',
      card: {
        brand: 'visa',
        networks: ['visa'],
        last4: '4242',
        expMonth: 12,
        expYear: 2030,
        cvcCollected: true,
      },
      cvcExpiresAt: '2026-11-09T13:00:00.000Z',
      customer: null,
      metadata: {},
      fingerprint: expect.stringMatching(/^fp1_[0-9a-z]{26}$/),
    });
  });

  test('gives equal cards of a tenant equal fingerprints', async () => {
    const prints = await Promise.all(
      [id, await newToken()].map(
        async (each) => JSON.parse((await get(each, it.merchant.secretKey)).body).fingerprint,
      ),
    );
    expect(new Set(prints).size).toBe(1);
  });

  test('answers missing, malformed, expired and foreign ids byte for byte alike', async () => {
    const tenant = newId('ten');
    await insertTenant(it.vault.sql.as('admin'), tenant, 'Other', new Date(NOON));
    const other = (await anotherKey(tenant)).key;
    const own = it.merchant.secretKey;
    const missing = await answer(newTokenId('test'), own);
    expect(JSON.parse(missing).statusCode).toBe(404);
    const paths = [
      'x',
      'tok_test_',
      `${id}x`,
      id.slice(0, -1),
      "'%20OR%201=1",
      '%00',
      '..',
      `${id}?x=1`.slice(0, 5),
    ];
    for (const path of paths) expect(await answer(path, own), path).toBe(missing);
    expect(await answer(id, other)).toBe(missing);
    it.time.now += 24 * 60 * 60 * 1000;
    expect(await answer(id, own)).toBe(missing);
  });

  test('answers every key that is not in force alike', async () => {
    const revoked = await anotherKey(it.merchant.tenant);
    expect((await get(id, revoked.key)).statusCode).toBe(200);
    await revokeKey(it.vault.sql, revoked.keyId, new Date(it.time.now));
    const none = await answer(id, undefined);
    expect(JSON.parse(none).statusCode).toBe(401);
    const wrongSecret = newApiKey('sk', 'test').key;
    const candidates = [
      revoked.key,
      wrongSecret,
      it.merchant.publishableKey,
      (await anotherKey(it.merchant.tenant, 'pk')).key.replace('pk_', 'sk_'),
      `${it.merchant.secretKey}x`,
      it.merchant.secretKey.slice(0, -1),
      it.merchant.secretKey.replace('_test_', '_live_'),
      'sk_test_',
      'x'.repeat(10_000),
    ];
    for (const key of candidates) expect(await answer(id, key), key.slice(0, 12)).toBe(none);
    expect(await answer(newTokenId('test'), undefined)).toBe(none);
  });

  test('refuses a secret key that comes from a browser, and warns', async () => {
    const before = it.lines.length;
    const { statusCode, headers } = await get(id, it.merchant.secretKey, {
      origin: 'https://shop.example',
    });
    expect([statusCode, headers['access-control-allow-origin']]).toStrictEqual([403, undefined]);
    const warning = it.lines.slice(before).join('');
    expect(warning).toContain('"level":40');
    expect(warning).toContain(it.merchant.tenant);
    expect(warning).not.toContain(it.merchant.secretKey);
    expect(warning).not.toContain('shop.example');
    await get(id, it.merchant.secretKey, { 'sec-fetch-site': 'none' });
    const entries = await it.vault.sql.owner.query(
      "SELECT action, outcome, origin FROM audit_entries WHERE action = 'key.exposed'",
    );
    expect(entries).toStrictEqual([
      { action: 'key.exposed', outcome: 'policy_denied', origin: '127.0.0.1' },
    ]);
  });

  test('notes a key from a browser with the next request, where the entry failed with one', async () => {
    const { key, keyId } = await anotherKey(it.merchant.tenant);
    const { owner } = it.vault.sql;
    const entries = () =>
      owner.query("SELECT FROM audit_entries WHERE action = 'key.exposed' AND resource = $1", [
        keyId,
      ]);
    await owner.script('REVOKE INSERT ON audit_entries FROM hushfield_api');
    const headers = { origin: 'https://shop.example' };
    expect((await get(id, key, headers)).statusCode).toBe(500);
    await owner.script('GRANT INSERT ON audit_entries TO hushfield_api');
    expect((await get(id, key, headers)).statusCode).toBe(403);
    expect(await entries()).toHaveLength(1);
  });

  test('takes a key only until it runs out, and from where it may come', async () => {
    const make = async (change: Partial<NewKey>) => {
      const { key, keyId } = newApiKey('rk', 'test');
      const hash = hashApiKey(await it.vault.keys.secret('pepper'), key);
      const { tenant } = it.merchant;
      const scopes = ['tokens:read'];
      const stored = {
        tenant,
        keyId,
        kind: 'rk',
        mode: 'test',
        hash,
        pepperFrom: 0,
        scopes,
        ...change,
      } as const;
      await insertKey(it.vault.sql.as('admin'), stored, new Date(it.time.now));
      return key;
    };
    const ending = await make({ expiresAt: new Date(it.time.now + 1_000) });
    const here = await make({ addresses: ['127.0.0.0/8'] });
    const elsewhere = await make({ addresses: ['192.0.2.0/24', '2001:db8::/32'] });
    const statuses = async () =>
      Promise.all([ending, here, elsewhere].map(async (key) => (await get(id, key)).statusCode));
    expect(await statuses()).toStrictEqual([200, 200, 401]);
    const unable = await make({ scopes: ['tokens:write'] });
    expect(await answer(id, unable)).toContain('policy_denied');
    expect(await answer(newTokenId('test'), unable)).toContain('policy_denied');
    const none = await answer(id, undefined);
    expect(await answer(id, elsewhere)).toBe(none);
    it.time.now += 1_000;
    expect(await statuses()).toStrictEqual([401, 200, 401]);
    expect(await answer(id, ending)).toBe(none);
    expect(it.lines.join('')).toContain('an address that is not on its list');
  });

  test('keeps origins of several tenants out until they are proved', async () => {
    const { keyId } = await anotherKey(it.merchant.tenant, 'pk');
    const key = { tenant: it.merchant.tenant, keyId };
    const origins = async () => (await findKey(it.vault.sql.as('fields'), keyId))?.origins;
    const admin = it.vault.sql.as('admin');
    const tenants = await it.vault.sql.owner.query('SELECT FROM tenants');
    if (tenants.length === 1) await insertTenant(admin, newId('ten'), 'Other', new Date(NOON));
    await addOrigins(admin, key, ['https://victim.example'], new Date(NOON));
    expect(await origins()).toStrictEqual([]);
    // Whoever was shredded is no tenant that an origin has to be shown to; the rest of them count as before.
    const shredded = 'UPDATE tenants SET shredded_at = $2 WHERE tenant <> $1';
    await it.vault.sql.owner.query(shredded, [key.tenant, new Date(NOON)]);
    expect(await origins()).toStrictEqual(['https://victim.example']);
    const alive = 'UPDATE tenants SET shredded_at = NULL WHERE tenant <> $1';
    await it.vault.sql.owner.query(alive, [key.tenant]);
    expect(await origins()).toStrictEqual([]);
    await setOrigins(admin, key, [], new Date(NOON));
    await setOrigins(admin, key, ['https://own.example'], new Date(NOON));
    expect(await origins()).toStrictEqual(['https://own.example']);
  });

  test('notes the use of a key once a minute', async () => {
    const { key, keyId } = await anotherKey(it.merchant.tenant);
    const lastUsed = async () => {
      const [row] = await it.vault.sql.owner.query(
        'SELECT last_used_at FROM api_keys WHERE key_id = $1',
        [keyId],
      );
      return row?.last_used_at;
    };
    await get(id, key);
    it.time.now += 59_000;
    await get(id, key);
    expect(await lastUsed()).toStrictEqual(new Date(NOON));
    it.time.now += 1_000;
    await get(id, key);
    expect(await lastUsed()).toStrictEqual(new Date(NOON + 60_000));
  });
});
