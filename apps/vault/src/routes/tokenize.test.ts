import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { expectProblem } from '../../test/expect-problem.ts';
import { revokeKey } from '../../test/revoke-key.ts';
import {
  type Change,
  GOOD,
  claimsOf,
  openReply,
  post,
  sealedRequest,
  ticketFor,
  tokenize,
} from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { insertTenant } from '../tenants/tenant-store.ts';

const CO_BADGED = { ...GOOD, number: '4571000000000001' };

describe.each(ENGINES)('POST /v1/tokenize on %s', (engine) => {
  let it: TestVault;
  beforeAll(async () => {
    it = await testVault({ engine });
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(() => {
    it.time.now = NOON;
  });

  async function count(table: string): Promise<number> {
    const [row] = await it.vault.sql.owner.query(`SELECT count(*)::int AS n FROM ${table}`);
    return Number(row?.n);
  }

  test('trades a sealed card for a token', async () => {
    const reply = await tokenize(it, { card: { ...GOOD, name: 'Zoë Ångström' } });
    expect(reply).toStrictEqual({
      ok: true,
      token: {
        id: expect.stringMatching(/^tok_test_[0-9A-Za-z]{28}$/),
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
      },
    });
  });

  test('keeps the network that a holder has chosen, and says it wherever the token is told of', async () => {
    const chosen = { brand: 'visa', networks: ['visa', 'dankort'], network: 'dankort' };
    const request = await sealedRequest(it, { card: { ...CO_BADGED, network: 'dankort' } });
    await post(it, request.body);
    // What is said again is read back from the row.
    const reply = openReply(request.sealed, (await post(it, request.body)).body);
    expect(reply).toMatchObject({ ok: true, token: { card: chosen } });
    const path = `/v1/tokens/${reply.ok ? reply.token.id : ''}`;
    const { body } = await ask(it, it.merchant.secretKey, 'GET', path);
    expect(body).toMatchObject({ card: chosen });
    // Where there was no choice, nothing is said of one.
    const without = await tokenize(it, { card: CO_BADGED });
    expect(without).toMatchObject({ ok: true, token: { card: { brand: 'visa' } } });
    expect(without).not.toHaveProperty('token.card.network');
  });

  test('writes token, card, security code, attempt and audit entry together', async () => {
    const tables = ['tokens', 'cards', 'security_codes', 'attempts', 'audit_entries'];
    const before = await Promise.all(tables.map(count));
    await tokenize(it);
    const after = await Promise.all(tables.map(count));
    expect(after).toStrictEqual(before.map((n) => n + 1));
  });

  const refusals: [string, Change, string, string][] = [
    [
      'a wrong Luhn digit',
      { card: { ...GOOD, number: '4242424242424241' } },
      'invalid_number',
      'number',
    ],
    [
      'a real-looking card',
      { card: { ...GOOD, number: '4539578763621486' } },
      'invalid_number',
      'number',
    ],
    [
      'a network that the card does not run on',
      { card: { ...CO_BADGED, network: 'mastercard' } },
      'brand_not_supported',
      'number',
    ],
    ['a past expiry', { card: { ...GOOD, expMonth: 9, expYear: 2026 } }, 'expired_card', 'expiry'],
    ['an expiry too far ahead', { card: { ...GOOD, expYear: 2080 } }, 'invalid_expiry', 'expiry'],
    ['a code of the wrong length', { card: { ...GOOD, cvc: '1234' } }, 'invalid_cvc', 'cvc'],
    [
      'a number for a name',
      { card: { ...GOOD, name: '4242 4242 4242 4242' } },
      'invalid_name',
      'name',
    ],
    [
      'a postal code that is too short',
      { card: { ...GOOD, postalCode: '80-' } },
      'invalid_postal_code',
      'postalCode',
    ],
  ];
  test.each(refusals)('answers %s inside the seal', async (_name, change, code, field) => {
    const tokens = await count('tokens');
    const request = await sealedRequest(it, change);
    const first = await post(it, request.body);
    expect(first.statusCode).toBe(200);
    expect(openReply(request.sealed, first.body)).toMatchObject({
      ok: false,
      error: { code, field },
    });
    expect(await count('tokens')).toBe(tokens);
  });

  test('answers of accepted and refused cards have one size and the same headers', async () => {
    const good = await post(it, (await sealedRequest(it)).body);
    const bad = await post(it, (await sealedRequest(it, refusals[0]?.[1])).body);
    const shape = ({ headers }: typeof good) => ({ ...headers, date: '', 'x-request-id': '' });
    expect(shape(bad)).toStrictEqual(shape(good));
    expect(bad.body.length).toBe(good.body.length);
  });

  test('answers the same bytes with the same token', async () => {
    const request = await sealedRequest(it);
    const first = await post(it, request.body);
    it.time.now += 60_000;
    const second = await post(it, request.body);
    expect([first.statusCode, second.statusCode]).toStrictEqual([200, 200]);
    const [row, ...more] = await it.vault.sql.owner.query(
      'SELECT token_id FROM attempts WHERE ticket_nonce = $1',
      [claimsOf(request.body.ticket).nonce],
    );
    expect(more).toStrictEqual([]);
    expect(openReply(request.sealed, second.body)).toMatchObject({
      ok: true,
      token: { id: row?.token_id, createdAt: '2026-11-09T12:00:00.000Z' },
    });
  });

  test('answers the same bytes with the same refusal', async () => {
    const request = await sealedRequest(it, { card: { ...GOOD, cvc: '1234' } });
    await post(it, request.body);
    const second = await post(it, request.body);
    expect(openReply(request.sealed, second.body)).toMatchObject({
      ok: false,
      error: { code: 'invalid_cvc', field: 'cvc' },
    });
  });

  test('makes one token of twenty equal requests at once', async () => {
    const request = await sealedRequest(it);
    const tokens = await count('tokens');
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(it, request.body)));
    expect(answers.map((answer) => answer.statusCode)).toStrictEqual(Array(20).fill(200));
    expect(await count('tokens')).toBe(tokens + 1);
  });

  test.each([
    ['a good card', {}],
    ['a refused one', { card: { ...GOOD, cvc: '1234' } }],
  ])('refuses other bytes under a used attempt: %s', async (_name, change) => {
    const ticket = await ticketFor(it);
    await post(it, (await sealedRequest(it, { ticket, ...change })).body);
    await expectProblem(
      it,
      (await sealedRequest(it, { ticket })).body,
      409,
      'idempotency_conflict',
    );
  });

  test('takes as many attempts as the ticket has, and not one more', async () => {
    const ticket = await ticketFor(it);
    expect(await tokenize(it, { ticket, attempt: 20 })).toMatchObject({ ok: true });
    await expectProblem(
      it,
      (await sealedRequest(it, { ticket, attempt: 21 })).body,
      401,
      'unauthorized',
    );
  });

  test('answers a preflight for the fields origin only', async () => {
    const answer = await it.api.inject({ method: 'OPTIONS', url: '/v1/tokenize' });
    expect({
      status: answer.statusCode,
      origin: answer.headers['access-control-allow-origin'],
      credentials: answer.headers['access-control-allow-credentials'],
    }).toStrictEqual({ status: 204, origin: it.config.fieldsOrigin, credentials: undefined });
  });

  test('keeps what was typed in the envelope alone', async () => {
    const reply = await tokenize(it, { card: { ...GOOD, name: 'Ada Canary' } });
    const tables = ['tokens', 'cards', 'security_codes', 'code_keys', 'attempts', 'audit_entries'];
    const dump = await Promise.all(
      tables.map((table) => it.vault.sql.owner.query(`SELECT t::text AS row FROM ${table} t`)),
    );
    const text = JSON.stringify(dump);
    expect(text).toContain(reply.ok ? reply.token.id : 'no token');
    expect(text).not.toContain('Ada Canary');
    expect(text).not.toContain('4242424242424242');
    expect(text).not.toContain(Buffer.from('4242424242424242').toString('hex'));
  });

  test('stops within a second of a revocation', async () => {
    const { keyId } = await otherKey();
    const ticket = await ticketFor(it, { key: keyId });
    expect(await tokenize(it, { ticket })).toMatchObject({ ok: true });
    await revokeKey(it.vault.sql, keyId, new Date(it.time.now));
    it.time.now += 999;
    await expectProblem(
      it,
      (await sealedRequest(it, { ticket, attempt: 2 })).body,
      401,
      'unauthorized',
    );
  });

  async function otherKey(): Promise<{ keyId: string }> {
    const keyId = `k${String(Date.now()).slice(-7)}`;
    await insertTenant(it.vault.sql.as('admin'), it.merchant.tenant, '', new Date());
    await it.vault.sql.owner.query(
      `INSERT INTO api_keys (tenant, key_id, kind, mode, hash, created_at) VALUES ($1, $2, 'pk', 'test', $3, now())`,
      [it.merchant.tenant, keyId, new Uint8Array(32)],
    );
    return { keyId };
  }
});
