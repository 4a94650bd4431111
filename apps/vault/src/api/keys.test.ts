import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { createApiApp } from '../routes/api-app.ts';

const HOUR = 60 * 60 * 1000;
const inAnHour = new Date(NOON + HOUR);

describe.each(ENGINES)('keys of the API on %s', (engine) => {
  let it: TestVault;
  let key: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    key = it.merchant.secretKey;
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(() => {
    it.time.now = NOON;
  });

  const create = (body: object, own = key) => ask(it, own, 'POST', '/v1/api_keys', { body });
  const works = async (own: unknown) => (await ask(it, String(own), 'GET', '/v1/api_keys')).status;

  test('leads a key through its life', async () => {
    const made = await create({ kind: 'restricted', scopes: ['keys:manage'], label: 'ops' });
    expect(made).toMatchObject({ status: 201, body: { kind: 'restricted', label: 'ops' } });
    const { key: own, ...view } = made.body;
    expect(await works(own)).toBe(200);
    const url = `/v1/api_keys/${view.id}`;
    const { body: shown } = await ask(it, key, 'GET', url);
    expect(shown).toStrictEqual({ ...view, lastUsedAt: new Date(NOON).toISOString() });
    const rolled = await ask(it, key, 'POST', `${url}/roll`, { body: { overlap: 60 } });
    expect(rolled.body).toMatchObject({ rolledFrom: view.id, scopes: ['keys:manage'] });
    expect([await works(own), await works(rolled.body.key)]).toStrictEqual([200, 200]);
    it.time.now += 60_000;
    expect([await works(own), await works(rolled.body.key)]).toStrictEqual([401, 200]);
    const { body } = await ask(it, key, 'GET', '/v1/api_keys');
    expect(JSON.stringify(body)).not.toContain(String(own).slice(-20));
    const last = `/v1/api_keys/${rolled.body.id}`;
    expect((await ask(it, key, 'DELETE', last)).status).toBe(204);
    expect((await ask(it, key, 'DELETE', last)).status).toBe(404);
    expect(await works(rolled.body.key)).toBe(401);
  });

  test('revokes itself, and is gone with the next request', async () => {
    const { body } = await create({ kind: 'restricted', scopes: ['keys:manage'] });
    const own = String(body.key);
    expect((await ask(it, own, 'DELETE', `/v1/api_keys/${body.id}`)).status).toBe(204);
    expect(await works(own)).toBe(401);
  });

  test('rolls a key that ends before the overlap does', async () => {
    const made = await create({ kind: 'secret', expiresAt: inAnHour.toISOString() });
    const rolled = await ask(it, key, 'POST', `/v1/api_keys/${made.body.id}/roll`, {
      body: { overlap: 7_200 },
    });
    expect(rolled).toMatchObject({ status: 201, body: { expiresAt: inAnHour.toISOString() } });
  });

  test('rolls a publishable key with its origins, proved as they were', async () => {
    const pk = await keyOf(it, { kind: 'pk', origins: ['https://a.example'], proved: true });
    const { body } = await ask(it, key, 'POST', `/v1/api_keys/${pk.slice(8, 16)}/roll`, {
      body: { overlap: 0 },
    });
    expect(body).toMatchObject({ kind: 'publishable', origins: ['https://a.example'] });
  });

  test('names the member that is wrong, by our name for it, and nothing that was sent', async () => {
    const wrong = await create({ kind: 'publishable', binDigits: '8' });
    expect(wrong.body).toMatchObject({ code: 'invalid_request', field: 'binDigits' });
    const strange = await create({ kind: 'publishable', '4242424242424242': 1 });
    expect(strange.status).toBe(400);
    expect(JSON.stringify(strange.body)).not.toContain('4242');
    expect(strange.body).not.toHaveProperty('field');
  });

  test('says how much of a BIN the pages of a publishable key see, and keeps it when that is rolled', async () => {
    const origins = ['https://a.example'];
    const { body: plain } = await create({ kind: 'publishable', origins });
    const { body: made } = await create({ kind: 'publishable', origins, binDigits: 8 });
    expect([plain['binDigits'], made['binDigits']]).toStrictEqual([0, 8]);
    const url = `/v1/api_keys/${made.id}/roll`;
    const rolled = await ask(it, key, 'POST', url, { body: { overlap: 0 } });
    expect(rolled.body['binDigits']).toBe(8);
  });

  test.each<[string, object]>([
    ['a BIN of seven digits', { kind: 'publishable', binDigits: 7 }],
    ['a BIN longer than any', { kind: 'publishable', binDigits: 16 }],
    ['a secret key with a BIN policy', { kind: 'secret', binDigits: 6 }],
    ['a restricted key without scopes', { kind: 'restricted' }],
    ['a publishable key with scopes', { kind: 'publishable', scopes: ['tokens:read'] }],
    ['a publishable key with addresses', { kind: 'publishable', addresses: ['192.0.2.1'] }],
    ['a secret key with origins', { kind: 'secret', origins: ['https://a.example'] }],
    ['a scope nobody knows', { kind: 'restricted', scopes: ['everything'] }],
    ['an end that has passed', { kind: 'secret', expiresAt: new Date(NOON).toISOString() }],
    ['an address that is none', { kind: 'secret', addresses: ['300.1.1.1'] }],
    ['a block wider than its family', { kind: 'secret', addresses: ['10.0.0.0/33'] }],
    ['an origin with a wildcard', { kind: 'publishable', origins: ['https://*.example'] }],
    ['an origin with a path', { kind: 'publishable', origins: ['https://a.example/'] }],
    ['a label with a card number', { kind: 'secret', label: 'card 4242424242424242 12/30' }],
    ...['\r', '\n', '\u0085', '\u009b', '\u2028', '\u202e', '\u2066'].map(
      (sign): [string, object] =>
        [
          `a label with U+${sign.charCodeAt(0).toString(16)}`,
          { kind: 'secret', label: sign },
        ] as const,
    ),
    ['a live key from a test key', { kind: 'secret', mode: 'live' }],
  ])('attacks: does not make %s', async (_name, body) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  test.each([
    ['a name under the site of the fields', 'https://x.vault.example', 403],
    ['the site itself', 'https://vault.example:8443', 403],
    ['the fields', 'https://fields.vault.example', 403],
    ['a site of its own', 'https://notvault.example', 201],
  ])(
    'attacks: lets no tenant keep the next live node from starting: %s',
    async (_name, origin, status) => {
      const site = { ...it.vault.site, fieldsOrigin: 'https://fields.vault.example' };
      const api = createApiApp({ ...it.vault, mode: 'live', site });
      const own = await keyOf(it, { mode: 'live' });
      const body = { kind: 'publishable', origins: ['https://shop.example', origin] };
      expect(await ask({ ...it, api }, own, 'POST', '/v1/api_keys', { body })).toMatchObject({
        status,
        body: status === 201 ? {} : { code: 'origin_not_allowed' },
      });
      // In test mode all stands on one host.
      expect((await create(body)).status).toBe(201);
      await api.close();
    },
  );

  const MANAGER = { kind: 'rk', scopes: ['keys:manage', 'tokens:read'] } as const;

  test.each([
    ['a scope it has not', MANAGER, { kind: 'restricted', scopes: ['tokens:write'] }],
    ['the right to reveal', { kind: 'sk' }, { kind: 'restricted', scopes: ['tokens:reveal'] }],
    ['a secret key', MANAGER, { kind: 'secret' }],
    [
      'a longer life',
      { ...MANAGER, expiresAt: inAnHour },
      { kind: 'restricted', scopes: ['tokens:read'] },
    ],
    [
      'a slightly longer life',
      { ...MANAGER, expiresAt: inAnHour },
      {
        kind: 'restricted',
        scopes: ['tokens:read'],
        expiresAt: new Date(NOON + HOUR + 1).toISOString(),
      },
    ],
    [
      'any address',
      { ...MANAGER, addresses: ['127.0.0.1'] },
      { kind: 'restricted', scopes: ['tokens:read'] },
    ],
    [
      'another address',
      { ...MANAGER, addresses: ['127.0.0.1'] },
      { kind: 'restricted', scopes: ['tokens:read'], addresses: ['127.0.0.1', '192.0.2.1'] },
    ],
  ] as const)('attacks: no key gives %s', async (_name, wish, body) => {
    const own = await keyOf(it, wish);
    expect(await create(body, own)).toMatchObject({ status: 403, body: { code: 'policy_denied' } });
  });

  test('attacks: no key takes over a mightier one by rolling it', async () => {
    const manager = await keyOf(it, MANAGER);
    const mighty = (await keyOf(it, {})).slice(8, 16);
    const url = `/v1/api_keys/${mighty}/roll`;
    expect((await ask(it, manager, 'POST', url, { body: { overlap: 0 } })).status).toBe(403);
    expect((await ask(it, key, 'GET', `/v1/api_keys/${mighty}`)).body.revokedAt).toBeNull();
  });

  test('lets a key give what it has', async () => {
    const own = await keyOf(it, { ...MANAGER, addresses: ['127.0.0.1'], expiresAt: inAnHour });
    const body = {
      kind: 'restricted',
      scopes: ['tokens:read'],
      addresses: ['127.0.0.1'],
      expiresAt: inAnHour.toISOString(),
    };
    expect((await create(body, own)).status).toBe(201);
  });
});
