import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedHeaders } from '../../test/expected-headers.ts';
import { HASHES } from '../../test/fake-dist.ts';
import { post } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { setOrigins } from '../tenants/tenant-store.ts';

const IFRAME = { 'sec-fetch-dest': 'iframe' };

type Case = {
  name: string;
  role: 'fields' | 'api';
  method?: 'GET' | 'POST' | 'OPTIONS' | 'DELETE' | 'HEAD';
  url: string;
  headers?: Record<string, string>;
  status: number;
  expected: Record<string, string>;
};

/** Every route, role and error page, under plain http and under https. */
describe.each(['http', 'https'])('security headers under %s', (scheme) => {
  let it: TestVault;
  const environment = {
    FIELDS_ORIGIN: `${scheme}://fields.example`,
    API_ORIGIN: `${scheme}://api.example`,
    SHOP_ORIGIN: `${scheme}://shop.example`,
  };
  beforeAll(async () => {
    it = await testVault({ environment });
  }, 60_000);
  afterAll(() => it.close());

  const { frame, page, asset, api, problem, cors, preflight } = expectedHeaders(
    scheme,
    environment,
  );

  const cases: Case[] = [
    {
      name: 'the field document',
      role: 'fields',
      url: '/f1/{pk}/field',
      headers: IFRAME,
      status: 200,
      expected: {
        ...frame(
          `script-src '${HASHES.script}' '${HASHES.texts}'; style-src '${HASHES.style}'; connect-src 'none'`,
          environment.SHOP_ORIGIN,
        ),
        vary: 'Sec-Fetch-Dest, Sec-Fetch-Site, Accept-Encoding, Accept-Language',
        'cache-control': 'private, max-age=60',
      },
    },
    ...['iban', 'accountNumber', 'text', 'reveal', 'copyButton'].map((element) => {
      const own = frame(
        `script-src '${HASHES.secretScript}' '${HASHES.texts}'; style-src '${HASHES.style}'; connect-src 'none'`,
        environment.SHOP_ORIGIN,
      );
      const permissions = own['permissions-policy'] ?? '';
      return {
        name: `the document of ${element}`,
        role: 'fields' as const,
        url: `/f1/{pk}/${element}`,
        headers: IFRAME,
        status: 200,
        expected: {
          ...own,
          // The one that writes to the clipboard; none reads it.
          'permissions-policy':
            element === 'copyButton'
              ? permissions.replace('clipboard-write=()', 'clipboard-write=(self)')
              : permissions,
          vary: 'Sec-Fetch-Dest, Sec-Fetch-Site, Accept-Encoding, Accept-Language',
          'cache-control': 'private, max-age=60',
        },
      };
    }),
    {
      name: 'the controller document',
      role: 'fields',
      url: '/f1/{pk}/controller',
      headers: IFRAME,
      status: 200,
      expected: {
        ...frame(
          `script-src '${HASHES.controller}' '${HASHES.fallback}'; style-src 'none'; connect-src ${environment.API_ORIGIN}`,
          environment.SHOP_ORIGIN,
        ),
        'cache-control': 'no-store',
      },
    },
    ...(['field', 'controller'] as const).flatMap((document): Case[] => [
      {
        name: `${document} at top level`,
        role: 'fields',
        url: `/f1/{pk}/${document}`,
        headers: { 'sec-fetch-dest': 'document' },
        status: 403,
        expected: page,
      },
      {
        name: `${document} in an old browser`,
        role: 'fields',
        url: `/f1/{pk}/${document}`,
        status: 403,
        expected: page,
      },
      {
        name: `${document} of an unknown key`,
        role: 'fields',
        url: `/f1/pk_test_${'0'.repeat(46)}/${document}`,
        headers: IFRAME,
        status: 404,
        expected: page,
      },
      {
        name: `${document} of a secret key`,
        role: 'fields',
        url: `/f1/{sk}/${document}`,
        headers: IFRAME,
        status: 404,
        expected: page,
      },
    ]),
    { name: 'another protocol', role: 'fields', url: '/f0/x', status: 410, expected: page },
    { name: 'a later protocol', role: 'fields', url: '/f2/x', status: 410, expected: page },
    { name: 'nothing', role: 'fields', url: '/', status: 404, expected: page },
    { name: 'a bad escape', role: 'fields', url: '/%zz', status: 400, expected: page },
    {
      name: 'another method',
      role: 'fields',
      method: 'POST',
      url: '/f1/{pk}/field',
      status: 404,
      expected: page,
    },
    {
      name: 'an asset',
      role: 'fields',
      url: '/assets/controller-1.js',
      status: 200,
      expected: asset,
    },
    {
      name: 'a file that is no asset',
      role: 'fields',
      url: '/assets/notes.txt',
      status: 404,
      expected: page,
    },
    {
      name: 'a path that climbs',
      role: 'fields',
      url: '/assets/..%2fframes.json',
      status: 404,
      expected: page,
    },
    {
      name: 'a path that climbs plainly',
      role: 'fields',
      url: '/assets/../frames.json',
      status: 404,
      expected: page,
    },
    {
      name: 'the pinned SDK',
      role: 'fields',
      url: '/sdk/1.4.2/hushfield.js',
      status: 200,
      expected: asset,
    },
    {
      name: 'the moving SDK',
      role: 'fields',
      url: '/sdk/v1/hushfield.js',
      status: 200,
      expected: { ...asset, 'cache-control': 'public, max-age=300' },
    },
    {
      name: 'another SDK',
      role: 'fields',
      url: '/sdk/1.4.1/hushfield.js',
      status: 404,
      expected: page,
    },
    {
      name: 'the manifest',
      role: 'api',
      url: '/v1/keys/manifest',
      status: 200,
      expected: { ...api, ...cors, 'cache-control': 'public, max-age=60' },
    },
    {
      name: 'tokenize from elsewhere',
      role: 'api',
      method: 'POST',
      url: '/v1/tokenize',
      status: 403,
      expected: problem,
    },
    {
      name: 'tokenize with nothing',
      role: 'api',
      method: 'POST',
      url: '/v1/tokenize',
      headers: { origin: environment.FIELDS_ORIGIN },
      status: 400,
      expected: { ...problem, ...cors },
    },
    {
      name: 'the preflight of tokenize',
      role: 'api',
      method: 'OPTIONS',
      url: '/v1/tokenize',
      status: 204,
      expected: preflight('POST'),
    },
    {
      name: 'the preflight of the manifest',
      role: 'api',
      method: 'OPTIONS',
      url: '/v1/keys/manifest',
      status: 204,
      expected: preflight('GET'),
    },
    {
      name: 'a token without a key',
      role: 'api',
      url: '/v1/tokens/x',
      status: 401,
      expected: problem,
    },
    {
      name: 'a token from a browser',
      role: 'api',
      url: '/v1/tokens/x',
      headers: { authorization: 'Bearer sk_x', origin: 'https://x.example' },
      status: 403,
      expected: problem,
    },
    {
      name: 'the preflight of a token',
      role: 'api',
      method: 'OPTIONS',
      url: '/v1/tokens/x',
      status: 404,
      expected: problem,
    },
    { name: 'nothing', role: 'api', url: '/', status: 404, expected: problem },
    { name: 'a bad escape', role: 'api', url: '/%zz', status: 400, expected: problem },
    {
      name: 'another method',
      role: 'api',
      method: 'DELETE',
      url: '/v1/keys/manifest',
      status: 404,
      expected: problem,
    },
    {
      name: 'a HEAD',
      role: 'api',
      method: 'HEAD',
      url: '/v1/keys/manifest',
      status: 404,
      expected: problem,
    },
  ];

  test.each(cases)(
    '$role answers $name',
    async ({ role, method = 'GET', url, headers = {}, status, expected }) => {
      const path = url
        .replace('{pk}', it.merchant.publishableKey)
        .replace('{sk}', it.merchant.secretKey);
      const answer = await it[role].inject({ method, url: path, headers });
      const {
        date: _date,
        connection: _c,
        'content-length': _l,
        'x-request-id': id,
        ...seen
      } = answer.headers;
      expect({ status: answer.statusCode, ...seen }).toStrictEqual({ status, ...expected });
      expect(id).toMatch(/^req_[0-9A-Za-z]{22}$/);
    },
  );

  test('an oversized body keeps the policy', async () => {
    const seen = (answer: { headers: object }) => {
      const {
        date: _d,
        connection: _c,
        'content-length': _l,
        'x-request-id': _i,
        ...rest
      } = { ...answer.headers } as Record<string, unknown>;
      return rest;
    };
    const large = await post(it, 'x'.repeat(20_000));
    expect([large.statusCode, seen(large)]).toStrictEqual([413, problem]);
  });

  test('names all origins of a key, and nobody when there is none', async () => {
    const [row] = await it.vault.sql.owner.query("SELECT key_id FROM api_keys WHERE kind = 'pk'");
    const key = { tenant: it.merchant.tenant, keyId: String(row?.key_id) };
    const get = () =>
      it.fields.inject({ url: `/f1/${it.merchant.publishableKey}/field`, headers: IFRAME });
    it.time.now += 1_000;
    await setOrigins(
      it.vault.sql.as('admin'),
      key,
      ['https://a.example', 'https://b.example:8443'],
      new Date(),
    );
    expect((await get()).headers['content-security-policy']).toContain(
      'frame-ancestors https://a.example https://b.example:8443',
    );
    await setOrigins(it.vault.sql.as('admin'), key, [], new Date());
    it.time.now += 1_000;
    const none = await get();
    expect([none.statusCode, none.headers['content-security-policy']]).toStrictEqual([
      404,
      page['content-security-policy'],
    ]);
  });
});
