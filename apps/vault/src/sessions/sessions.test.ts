import { newId } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { claimsOfSession } from '../../test/sessions.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { readSession } from './session-text.ts';

const HOUR = 60 * 60 * 1000;
const SHOP = 'http://localhost:4400';

describe.each(ENGINES)('sessions of the API on %s', (engine) => {
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

  const create = (body: object, own = key, headers = {}) =>
    ask(it, own, 'POST', '/v1/sessions', { body, headers });
  const rows = async (id: string) =>
    it.vault.sql.owner.query('SELECT customer FROM sessions WHERE session_id = $1', [id]);

  test('are made with the defaults, and shown without their text', async () => {
    const { status, body } = await create({ origins: [SHOP] });
    const { session, ...view } = body;
    expect([status, view]).toStrictEqual([
      201,
      {
        id: expect.stringMatching(/^ses_[0-9A-Za-z]{22}$/),
        object: 'session',
        mode: 'test',
        origins: [SHOP],
        brands: null,
        fields: [],
        binDigits: null,
        attempts: 20,
        customer: null,
        createdAt: '2026-11-09T12:00:00.000Z',
        expiresAt: '2026-11-09T12:15:00.000Z',
      },
    ]);
    const shown = await ask(it, key, 'GET', `/v1/sessions/${view.id}`);
    expect([shown.status, shown.body]).toStrictEqual([200, view]);
    expect(await readSession(it.vault.keys, String(session))).toStrictEqual({
      v: 1,
      mode: 'test',
      tenant: it.merchant.tenant,
      id: view.id,
      origins: [SHOP],
      attempts: 20,
      iat: NOON / 1000,
      exp: NOON / 1000 + 900,
    });
  });

  test('say all that was wished for, in text and answer alike', async () => {
    it.time.now += 999;
    const wish = {
      ...{ origins: [SHOP], brands: ['visa', 'amex'], fields: ['cvc', 'name'] },
      ...{ attempts: 3, binDigits: 6, customer: 'c-1' },
    };
    const { body } = await create({ ...wish, expiresIn: 60 });
    expect(body).toMatchObject({ ...wish, expiresAt: '2026-11-09T12:01:00.000Z' });
    expect(claimsOfSession(String(body.session))).toMatchObject({ ...wish, exp: NOON / 1000 + 60 });
  });

  test('leave an entry in the trail', async () => {
    const { body } = await create({ origins: [SHOP] });
    const text = 'SELECT actor, action, outcome FROM audit_entries WHERE resource = $1';
    expect(await it.vault.sql.owner.query(text, [body.id])).toStrictEqual([
      { actor: `key:${key.slice(8, 16)}`, action: 'session.create', outcome: 'ok' },
    ]);
  });

  test('show their text once: a repeated request is told the id', async () => {
    const headers = { 'idempotency-key': 'session-1' };
    const first = await create({ origins: [SHOP] }, key, headers);
    const again = await create({ origins: [SHOP] }, key, headers);
    expect([again.status, again.body]).toStrictEqual([
      201,
      { object: 'already_answered', id: first.body.id },
    ]);
    const other = await create({ origins: [SHOP], attempts: 1 }, key, headers);
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
  });

  test.each([
    ['no origin', { origins: [] }],
    ['an origin with a path', { origins: [`${SHOP}/`] }],
    ['33 origins', { origins: Array(33).fill(SHOP) }],
    ['a brand nobody knows', { origins: [SHOP], brands: ['plastic'] }],
    ['no brand at all', { origins: [SHOP], brands: [] }],
    ['a field that is always there', { origins: [SHOP], fields: ['number'] }],
    ['a BIN of seven digits', { origins: [SHOP], binDigits: 7 }],
    ['a BIN in words', { origins: [SHOP], binDigits: '6' }],
    ['a BIN that is null', { origins: [SHOP], binDigits: null }],
    ['no attempt', { origins: [SHOP], attempts: 0 }],
    ['too many attempts', { origins: [SHOP], attempts: 101 }],
    ['half a minute', { origins: [SHOP], expiresIn: 59 }],
    ['more than an hour', { origins: [SHOP], expiresIn: 3_601 }],
    ['a customer with a card number', { origins: [SHOP], customer: '4242-4242-4242-4242' }],
    ['a tenant of its own choice', { origins: [SHOP], tenant: `ten_${'O'.repeat(22)}` }],
    ['a text of its own', { origins: [SHOP], session: 'x' }],
  ])('attacks: are not made with %s', async (_name, body) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  test('attacks: are not made longer than a page can carry', async () => {
    const origins = Array.from(
      { length: 32 },
      (_, at) => `https://${'x'.repeat(100)}${at}.example`,
    );
    await keyOf(it, { kind: 'pk', origins, proved: true });
    expect(await create({ origins })).toMatchObject({ status: 400 });
    const few = await create({ origins: origins.slice(0, 20) });
    expect(String(few.body.session).length).toBeLessThanOrEqual(4_096);
  });

  test('are made by a key with the scope, and by no other', async () => {
    const maker = await keyOf(it, { kind: 'rk', scopes: ['sessions:write'] });
    expect((await create({ origins: [SHOP] }, maker)).status).toBe(201);
    const reader = await keyOf(it, { kind: 'rk', scopes: ['tokens:read', 'keys:manage'] });
    const made = await create({ origins: [SHOP] });
    for (const answer of [
      await create({ origins: [SHOP] }, reader),
      await ask(it, reader, 'GET', `/v1/sessions/${made.body.id}`),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: 'policy_denied' } });
  });

  const REFUSED = { status: 403, body: { code: 'origin_not_allowed' } };

  test('attacks: are made for no page but those of a publishable key in force', async () => {
    const page = 'https://gone.example';
    expect(await create({ origins: [SHOP, page] })).toMatchObject(REFUSED);
    const pk = await keyOf(it, { kind: 'pk', origins: [page], proved: true });
    expect((await create({ origins: [SHOP, page] })).status).toBe(201);
    await ask(it, key, 'DELETE', `/v1/api_keys/${pk.slice(8, 16)}`);
    expect(await create({ origins: [page] })).toMatchObject(REFUSED);
    const short = { expiresAt: new Date(NOON + 1000), origins: [page], proved: true };
    await keyOf(it, { kind: 'pk', ...short });
    expect((await create({ origins: [page] })).status).toBe(201);
    it.time.now += 1000;
    expect(await create({ origins: [page] })).toMatchObject(REFUSED);
  });

  test('are erased with their customer', async () => {
    const { body } = await create({ origins: [SHOP], customer: 'c-9' });
    await ask(it, key, 'DELETE', '/v1/customers/c-9');
    expect(await rows(body.id)).toStrictEqual([{ customer: null }]);
  });

  test('are forgotten a day after they have run out', async () => {
    const { body } = await create({ origins: [SHOP], expiresIn: 3_600 });
    it.time.now += 25 * HOUR - 1;
    await runWorkerRound(it.vault);
    expect(await rows(body.id)).toHaveLength(1);
    it.time.now += 1;
    await runWorkerRound(it.vault);
    expect(await rows(body.id)).toHaveLength(0);
    expect((await ask(it, key, 'GET', `/v1/sessions/${body.id}`)).status).toBe(404);
  });

  // Last: from here on there are several tenants.
  test('attacks: are made for no page of another tenant’s, nor for one that is not proved', async () => {
    const tenant = await otherTenant(it, newId('ten'));
    const own = await keyOf(it, { tenant });
    expect(await create({ origins: [SHOP] }, own)).toMatchObject(REFUSED);
    await keyOf(it, { tenant, kind: 'pk', origins: [SHOP, 'https://b.example'] });
    expect(await create({ origins: [SHOP] }, own)).toMatchObject(REFUSED);
    const query = `UPDATE origins SET proved_at = now() WHERE tenant = $1 AND origin = 'https://b.example'`;
    await it.vault.sql.owner.query(query, [tenant]);
    expect((await create({ origins: ['https://b.example'] }, own)).status).toBe(201);
    expect(await create({ origins: [SHOP, 'https://b.example'] }, own)).toMatchObject(REFUSED);
    expect((await create({ origins: [SHOP] })).status).toBe(201);
  });
});
