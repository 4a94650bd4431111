import { API, type Route } from '@hushfield/contract/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { CREDENTIALS, recordOf } from '../../test/gateway.ts';
import { assemble } from '../assemble.ts';
import { rotateSecret } from '../rotation/rotate-secret.ts';
import { createApiApp } from '../routes/api-app.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };

describe.each(ENGINES)('answers that may be asked again on %s', (engine) => {
  let it: TestVault;
  let key: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    key = await keyOf(it, { scopes: ['grants:write', 'destinations:manage'] });
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(() => {
    it.time.now = NOON;
  });

  let serial = 0;
  const name = () => `order-${(serial += 1)}`;
  const importAs = (own: string, named: string, body: object = CARD) =>
    ask(it, own, 'POST', '/v1/tokens', { body, headers: { 'idempotency-key': named } });
  const tokens = async () => (await it.vault.sql.owner.query('SELECT FROM tokens')).length;

  test('gives the same request the same answer, and does it once', async () => {
    const named = name();
    const before = await tokens();
    const first = await importAs(key, named);
    it.time.now += 60_000;
    const second = await importAs(key, named);
    expect([first.status, second.status]).toStrictEqual([201, 201]);
    expect(second.body).toStrictEqual(first.body);
    expect(await tokens()).toBe(before + 1);
  });

  const keyToRoll = async () =>
    (await keyOf(it, { kind: 'rk', scopes: ['tokens:read'] })).slice(8, 16);
  const endpoint = async () => {
    const body = { url: 'https://shop.example/hook', events: ['token.created'] };
    return (await ask(it, key, 'POST', '/v1/webhook_endpoints', { body })).body.id;
  };
  /** What to ask each route for that takes a name; one that is missing here fails. */
  const ASKS: Readonly<Record<string, () => Promise<{ url: string; body: object }[]>>> = {
    importToken: async () => [{ url: '/v1/tokens', body: CARD }],
    createApiKey: async () => [{ url: '/v1/api_keys', body: { kind: 'secret' } }],
    rollApiKey: async () => [
      { url: `/v1/api_keys/${await keyToRoll()}/roll`, body: { overlap: 0 } },
      { url: `/v1/api_keys/${await keyToRoll()}/roll`, body: { overlap: 3_600 } },
    ],
    createSession: async () => [
      { url: '/v1/sessions', body: { origins: ['http://localhost:4400'] } },
    ],
    createDestination: async () => [
      {
        url: '/v1/destinations',
        body: { record: recordOf(443), credentials: CREDENTIALS },
      },
    ],
    createWebhookEndpoint: async () => [
      { url: '/v1/webhook_endpoints', body: { url: 'https://shop.example/', events: ['*'] } },
    ],
    rollWebhookSecret: async () => [
      { url: `/v1/webhook_endpoints/${await endpoint()}/roll_secret`, body: { overlap: 60 } },
    ],
    replayWebhookEvents: async () => {
      const from = new Date(NOON).toISOString();
      return [{ url: `/v1/webhook_endpoints/${await endpoint()}/replay`, body: { from } }];
    },
    createGrant: async () => {
      const { body } = await ask(it, key, 'POST', '/v1/tokens', { body: CARD });
      const shown = { purpose: 'reveal', token: body.id, redaction: 'masked' };
      return [{ url: '/v1/grants', body: { ...shown, origins: [it.config.shopOrigin] } }];
    },
  };
  /** What crosses a network keeps its names by itself: see forward/once.test.ts. */
  const NAMED = Object.values<Route>(API).filter(
    ({ idempotent, keepsName }) => idempotent && !keepsName,
  );

  test.each(NAMED)('does $id once for many who ask at the same moment', async ({ id }) => {
    const acts = async () => (await it.vault.sql.owner.query('SELECT FROM audit_entries')).length;
    const asks = (await ASKS[id]?.()) ?? [];
    expect(asks).not.toHaveLength(0);
    for (const { url, body } of asks) {
      const before = await acts();
      const headers = { 'idempotency-key': name() };
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => ask(it, key, 'POST', url, { body, headers })),
      );
      expect(answers.map(({ status }) => status)).toStrictEqual(Array.from(answers, () => 201));
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
      expect(await acts()).toBe(before + 1);
    }
  });

  test('does it once around the change of a pepper, on nodes whose clocks differ', async () => {
    const { sql, log, steady } = it.vault;
    const parts = { sql, log, steady, now: () => it.time.now - 1_000 };
    const behind = await assemble(it.config, parts, { roles: ['api'], fills: false });
    const slow = { ...it, vault: behind, api: createApiApp(behind) };
    const from = await rotateSecret(it.vault, 'pepper');
    it.time.now = from * 1_000 + 500;
    const at = (node: TestVault, named: string) =>
      ask(node, key, 'POST', '/v1/tokens', { body: CARD, headers: { 'idempotency-key': named } });
    const [early, late, atOnce] = [name(), name(), name()];
    const pairs = [
      [await at(it, early), await at(slow, early)],
      [await at(slow, late), await at(it, late)],
      await Promise.all([at(it, atOnce), at(slow, atOnce)]),
    ];
    for (const [one, other] of pairs) {
      expect([one?.status, other?.status]).toStrictEqual([201, 201]);
      expect(one?.body.id).toBe(other?.body.id);
    }
    await slow.api.close();
    behind.keys.close();
  });

  test('refuses the same name with other contents', async () => {
    const named = name();
    await importAs(key, named);
    const other = await importAs(key, named, { ...CARD, expMonth: 11 });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
  });

  test('forgets after a day, and the name may then be used anew', async () => {
    const named = name();
    const first = await importAs(key, named);
    await runWorkerRound(it.vault);
    expect((await importAs(key, named)).body.id).toBe(first.body.id);
    it.time.now += 24 * 60 * 60 * 1000;
    await runWorkerRound(it.vault);
    expect((await importAs(key, named)).body.id).not.toBe(first.body.id);
  });

  test('keeps names of two keys apart, and takes a refused one again', async () => {
    const named = name();
    const other = await keyOf(it, {});
    const [first, second] = [await importAs(key, named), await importAs(other, named)];
    expect(second.body.id).not.toBe(first.body.id);
    const again = name();
    expect((await importAs(key, again, { ...CARD, number: '4242424242424241' })).status).toBe(422);
    expect((await importAs(key, again)).status).toBe(201);
  });

  test('lets a rolled key ask again for what the one before it has asked for', async () => {
    const [old, named] = [await keyOf(it, {}), name()];
    const first = await importAs(old, named);
    const roll = `/v1/api_keys/${old.slice(8, 16)}/roll`;
    const { body } = await ask(it, key, 'POST', roll, { body: { overlap: 60 } });
    const second = await importAs(String(body.key), named);
    expect(second.body).toStrictEqual(first.body);
    expect(await importAs(String(body.key), named, { ...CARD, expMonth: 11 })).toMatchObject({
      status: 409,
    });
  });

  test('attacks: does once what two nodes ask for under an old key and the one made in its place', async () => {
    const [old, named] = [await keyOf(it, {}), name()];
    const roll = `/v1/api_keys/${old.slice(8, 16)}/roll`;
    const { body } = await ask(it, key, 'POST', roll, { body: { overlap: 60 } });
    const first = await importAs(String(body.key), named);
    expect((await importAs(old, named)).body).toStrictEqual(first.body);
    const before = await tokens();
    const atOnce = name();
    const answers = await Promise.all([
      importAs(old, atOnce),
      importAs(String(body.key), atOnce),
      importAs(old, atOnce),
    ]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(await tokens()).toBe(before + 1);
  });

  test('repeats no key: the second answer says which it was', async () => {
    const headers = { 'idempotency-key': name() };
    const body = { kind: 'restricted', scopes: ['tokens:read'] };
    const first = await ask(it, key, 'POST', '/v1/api_keys', { body, headers });
    const second = await ask(it, key, 'POST', '/v1/api_keys', { body, headers });
    expect(first.body.key).toMatch(/^rk_test_/);
    expect([second.status, second.body]).toStrictEqual([
      201,
      { object: 'already_answered', id: first.body.id },
    ]);
    const kept = JSON.stringify(await it.vault.sql.owner.query('SELECT * FROM idempotent_answers'));
    expect(kept).not.toContain(String(first.body.key).slice(-30));
  });

  test('keeps neither name, request nor answer in clear', async () => {
    const named = 'a-name-that-can-be-found';
    await importAs(key, named, { ...CARD, customer: 'a-customer' });
    const rows = await it.vault.sql.owner.query('SELECT * FROM idempotent_answers');
    const text = rows.map((row) =>
      Object.values(row)
        .map((value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
        )
        .join(),
    );
    expect(text.join()).not.toMatch(/a-name|a-customer|4242/);
  });

  test.each([
    ['empty', ''],
    ['too long', 'x'.repeat(256)],
    ['with a space', 'a b'],
    ['of other letters', 'Schlüssel'],
  ])('attacks: refuses a name that is %s', async (_name, named) => {
    expect(await importAs(key, named)).toMatchObject({ status: 400 });
  });
});
