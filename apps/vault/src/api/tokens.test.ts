import { newTokenId } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
const DAY = 24 * 60 * 60 * 1000;

describe.each(ENGINES)('tokens of the API on %s', (engine) => {
  let it: TestVault;
  let key: string;
  let revealing: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    key = it.merchant.secretKey;
    revealing = await keyOf(it, { kind: 'rk', scopes: ['tokens:reveal'] });
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(() => {
    it.time.now = NOON;
  });

  const make = async (body: object = CARD) => {
    it.time.now += 1_000;
    const { status, body: token } = await ask(it, key, 'POST', '/v1/tokens', { body });
    expect(status).toBe(201);
    return token;
  };

  test('leads a card from import over change to its end', async () => {
    const token = await make({
      ...CARD,
      name: 'Ada Lovelace',
      customer: 'c-1',
      metadata: { a: 'b' },
    });
    expect(token).toMatchObject({
      object: 'token',
      mode: 'test',
      customer: 'c-1',
      metadata: { a: 'b' },
      card: { brand: 'visa', last4: '4242', cvcCollected: false },
      cvcExpiresAt: null,
      expiresAt: new Date(it.time.now + DAY).toISOString(),
    });
    expect(JSON.stringify(token)).not.toContain('Ada');
    const url = `/v1/tokens/${token.id}`;
    expect((await ask(it, key, 'GET', url)).body).toStrictEqual(token);
    const kept = await ask(it, key, 'PATCH', url, { body: { expiresAt: null, metadata: {} } });
    expect(kept.body).toStrictEqual({ ...token, expiresAt: null, metadata: {} });
    it.time.now += 400 * DAY;
    expect((await ask(it, key, 'GET', url)).status).toBe(200);
    expect((await ask(it, key, 'DELETE', url)).status).toBe(204);
    expect((await ask(it, key, 'GET', url)).status).toBe(404);
    expect((await ask(it, key, 'DELETE', url)).status).toBe(404);
  });

  test('lists a card’s tokens and a customer’s, page by page', async () => {
    const made: string[] = [];
    for (let n = 0; n < 5; n++) {
      made.unshift((await make({ ...CARD, number: '5555555555554444', customer: 'pages' })).id);
    }
    const walk = async (query: string) => {
      const ids: string[] = [];
      let cursor = '';
      do {
        const { body } = await ask(it, key, 'GET', `/v1/tokens?${query}&limit=2${cursor}`);
        ids.push(...(body.data as { id: string }[]).map(({ id }) => id));
        cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
      } while (cursor !== '');
      return ids;
    };
    expect(await walk('customer=pages')).toStrictEqual(made);
    const { body } = await ask(it, key, 'GET', `/v1/tokens/${made.at(0) ?? ''}`);
    expect(await walk(`fingerprint=${body.fingerprint}`)).toStrictEqual(made);
    expect(await ask(it, key, 'DELETE', '/v1/customers/pages')).toMatchObject({
      status: 200,
      body: { object: 'erased_customer', customer: 'pages', tokens: 5 },
    });
    expect(await walk('customer=pages')).toStrictEqual([]);
  });

  test.each([
    ['plain', '4242424242424242', 'Ada Lovelace', 'SW1A 1AA'],
    ['masked', '424242******4242', undefined, undefined],
    ['last4', '4242', undefined, undefined],
  ])(
    'reveals a card as %s to a key that may, and leaves an entry',
    async (redaction, number, name, postalCode) => {
      const { id } = await make({ ...CARD, name: 'Ada Lovelace', postalCode: 'SW1A 1AA' });
      const url = `/v1/tokens/${id}/reveal`;
      const { status, body } = await ask(it, revealing, 'POST', url, { body: { redaction } });
      expect([status, body.number, body.name, body.postalCode, body.expMonth]).toStrictEqual([
        200,
        number,
        name,
        postalCode,
        12,
      ]);
      const entries = await it.vault.sql.owner.query(
        'SELECT action, outcome FROM audit_entries WHERE resource = $1 ORDER BY at, action',
        [id],
      );
      expect(entries).toStrictEqual([
        { action: 'token.import', outcome: 'ok' },
        { action: 'token.reveal', outcome: redaction },
      ]);
    },
  );

  test('says in which member a card number stands, and not which', async () => {
    const note = '4242 4242 4242 4242 12/30';
    for (const [field, more] of [
      ['metadata', { metadata: { note } }],
      ['customer', { customer: '4242424242424242' }],
    ] as const) {
      const { status, body } = await ask(it, key, 'POST', '/v1/tokens', {
        body: { ...CARD, ...more },
      });
      expect([status, body['code'], body['field']]).toStrictEqual([400, 'invalid_request', field]);
      expect(JSON.stringify(body)).not.toContain('4242');
    }
  });

  test.each([
    ['no number', { expMonth: 1, expYear: 2030 }, 'invalid_request'],
    ['a security code', { ...CARD, cvc: '123' }, 'invalid_request'],
    ['a field nobody knows', { ...CARD, colour: 'red' }, 'invalid_request'],
    [
      'a number in metadata',
      { ...CARD, metadata: { note: 'card 4242 4242-4242 4242' } },
      'invalid_request',
    ],
    [
      'a number in full-width digits',
      { ...CARD, metadata: { note: '４２４２４２４２４２４２４２４２' } },
      'invalid_request',
    ],
    [
      'a number beside its expiry',
      { ...CARD, metadata: { note: '4242 4242 4242 4242 12/30' } },
      'invalid_request',
    ],
    ['a number as a key', { ...CARD, metadata: { '4242424242424242': 'x' } }, 'invalid_request'],
    ['a number as a customer', { ...CARD, customer: '4242424242424242' }, 'invalid_request'],
    [
      '21 texts',
      {
        ...CARD,
        metadata: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`k${n}`, ''])),
      },
      'invalid_request',
    ],
    ['a text of 501', { ...CARD, metadata: { a: 'x'.repeat(501) } }, 'invalid_request'],
    [
      'an end that has passed',
      { ...CARD, expiresAt: new Date(NOON - 1).toISOString() },
      'invalid_request',
    ],
    ['a text with U+009B', { ...CARD, metadata: { a: '\u009b31m' } }, 'invalid_request'],
    ['a text that is turned around', { ...CARD, metadata: { a: '\u202e' } }, 'invalid_request'],
    ['an end that is no time', { ...CARD, expiresAt: 'soon' }, 'invalid_request'],
    ['a wrong check digit', { ...CARD, number: '4242424242424241' }, 'invalid_number'],
    ['a card that is no test card', { ...CARD, number: '4929000000000109' }, 'invalid_number'],
    ['an expired card', { ...CARD, expYear: 2020 }, 'expired_card'],
  ])('attacks: refuses to import %s', async (_name, body, code) => {
    const count = async () => (await it.vault.sql.owner.query('SELECT FROM tokens')).length;
    const before = await count();
    const answer = await ask(it, key, 'POST', '/v1/tokens', { body });
    expect([answer.status, answer.body.code]).toStrictEqual([
      code === 'invalid_request' ? 400 : 422,
      code,
    ]);
    expect(await count()).toBe(before);
    expect(answer.raw.body).not.toMatch(/\d{12}/);
  });

  test.each([
    ['no filter', '/v1/tokens'],
    ['both filters', `/v1/tokens?customer=x&fingerprint=fp1_${'a'.repeat(26)}`],
    ['a limit of 0', '/v1/tokens?customer=x&limit=0'],
    ['a limit of 101', '/v1/tokens?customer=x&limit=101'],
    ['a limit of 1e2', '/v1/tokens?customer=x&limit=1e2'],
    ['the same filter twice', '/v1/tokens?customer=x&customer=y'],
    ['a cursor that is none', '/v1/tokens?customer=x&cursor=AAAA'],
    ['an unknown parameter', '/v1/tokens?customer=x&tenant=y'],
    ['a parameter where none is known', `/v1/tokens/${newTokenId('test')}?x=1`],
  ])('attacks: refuses %s', async (_name, url) => {
    expect(await ask(it, key, 'GET', url)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
  });

  test.each([
    ['empty', {}],
    ['of the number', { number: '4242424242424242' }],
    ['of the brand', { card: { brand: 'amex' } }],
    ['of the tenant', { tenant: `ten_${'O'.repeat(22)}` }],
    ['with a number in it', { metadata: { x: '5555555555554444' } }],
  ])('attacks: refuses a change %s', async (_name, body) => {
    const token = await make();
    const answer = await ask(it, key, 'PATCH', `/v1/tokens/${token.id}`, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect((await ask(it, key, 'GET', `/v1/tokens/${token.id}`)).body).toStrictEqual(token);
  });

  test('erases a customer of many tokens in small transactions, and says when it is done', async () => {
    const { id } = await make({ ...CARD, customer: 'many' });
    const { owner } = it.vault.sql;
    await owner.query(
      `INSERT INTO tokens SELECT (jsonb_populate_record(t, jsonb_build_object('token_id',
         'tok_test_' || lpad(n::text, 28, '0')))).* FROM tokens t, generate_series(1, 10000) n
       WHERE token_id = $1`,
      [id],
    );
    const erase = () => ask(it, key, 'DELETE', '/v1/customers/many');
    const said = { object: 'erased_customer', customer: 'many' };
    expect((await erase()).body).toStrictEqual({ ...said, tokens: 10_000, complete: false });
    const [row] = await owner.query(
      `SELECT count(DISTINCT xmin::text)::int AS transactions, count(*)::int AS entries
       FROM audit_entries WHERE action = 'token.delete' AND request_id =
         (SELECT request_id FROM audit_entries WHERE action = 'token.delete'
          GROUP BY request_id ORDER BY count(*) DESC LIMIT 1)`,
    );
    expect(row).toStrictEqual({ transactions: 20, entries: 10_000 });
    expect((await erase()).body).toStrictEqual({ ...said, tokens: 1, complete: true });
    expect((await erase()).body).toStrictEqual({ ...said, tokens: 0, complete: true });
  }, 180_000);

  test('gives a key what it names, and the secret key all but cards', async () => {
    const { id } = await make();
    const reading = await keyOf(it, { kind: 'rk', scopes: ['tokens:read'] });
    const asks: [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object][] = [
      ['GET', `/v1/tokens/${id}`],
      ['POST', '/v1/tokens', CARD],
      ['PATCH', `/v1/tokens/${id}`, { customer: 'x' }],
      ['POST', `/v1/tokens/${id}/reveal`, { redaction: 'last4' }],
      ['GET', '/v1/api_keys'],
      ['DELETE', '/v1/customers/nobody'],
    ];
    const statuses = (own: string) =>
      Promise.all(
        asks.map(async ([method, url, body]) => (await ask(it, own, method, url, { body })).status),
      );
    expect(await statuses(reading)).toStrictEqual([200, 403, 403, 403, 403, 403]);
    expect(await statuses(revealing)).toStrictEqual([403, 403, 403, 200, 403, 403]);
    expect(await statuses(key)).toStrictEqual([200, 201, 200, 403, 200, 200]);
  });
});
