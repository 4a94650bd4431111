import { newId, newTokenId } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type Forwarding, forwarding, SCOPES } from '../../test/forwarding.ts';

type Request = Record<string, unknown>;
type Refusal = readonly [status: number, code: string];
type Row = readonly [name: string, change: (tok: string) => Request, refusal: Refusal];

const DENIED: Refusal = [403, 'policy_denied'];
const INVALID: Refusal = [400, 'invalid_request'];
const MISSING: Refusal = [404, 'not_found'];

const path = (name: string, text: string, refusal = DENIED): Row => [
  `a path ${name}`,
  () => ({ path: text }),
  refusal,
];
const body = (name: string, of: (tok: string) => Request, refusal = DENIED): Row => [
  `a body ${name}`,
  (tok) => ({ body: of(tok) }),
  refusal,
];
const headers = (name: string, of: Record<string, string>, refusal = DENIED): Row => [
  `a header ${name}`,
  () => ({ headers: of }),
  refusal,
];

/** What somebody who has stolen a key asks for, besides `card.number` to `/v1/charges`. */
const ROWS: readonly Row[] = [
  ['another destination', () => ({ destination: newId('dst') }), MISSING],
  ['a host of his own', () => ({ destination: 'https://thief.example' }), INVALID],
  ['a member of his own', () => ({ host: 'thief.example' }), INVALID],
  ['a method that is not approved', () => ({ method: 'PUT' }), DENIED],
  ['a method that is none', () => ({ method: 'CONNECT' }), INVALID],
  ['a body where none belongs', () => ({ method: 'GET' }), DENIED],

  path('beside the approved', '/v1/refunds'),
  path('beneath the approved', '/v1/charges/ch_1/refunds'),
  path('that ends in a slash', '/v1/charges/'),
  path('that goes on without a slash', '/v1/chargesx'),
  path('above the approved', '/v1'),
  path('with dots', '/v1/charges/../refunds'),
  path('with one dot', '/v1/charges/./x'),
  path('with three dots', '/v1/charges/.../x'),
  path('with encoded dots', '/v1/charges/%2e%2e/refunds'),
  path('with an encoded slash', '/v1/charges%2f..%2frefunds'),
  path('with a backslash', '/v1/charges\\..\\refunds'),
  path('with two slashes', '/v1/charges//x'),
  path('of another host', '//thief.example/v1/charges'),
  path('of another host behind an at sign', '/@thief.example/v1/charges'),
  path('that is a URL', 'https://thief.example/v1/charges', INVALID),
  path('with a fragment', '/v1/charges#x'),
  path('with matrix parameters', '/v1/charges;a=/../refunds'),
  path('with a line end', '/v1/charges\r\nx: y'),
  path('with a tab', '/v1/char\tges'),
  path('with a zero', '/v1/charges\0'),
  path('with a space', '/v1/charges x'),
  path('in another case', '/V1/CHARGES'),
  path('of other letters', '/v1/ch\u0430rges'),
  path('with a query that may not be', '/v1/charges?account=acct_thief'),
  path('with a query that is no pair', '/v1/charges?expand[]'),
  path('with an encoded name in its query', '/v1/charges?expand%5B%5D=x'),
  path('with two queries', '/v1/charges?expand[]=x?account=y'),
  path('with an ampersand in its query', '/v1/charges?expand[]=x&account=y'),
  ['a path with a placeholder', (tok) => ({ path: `/v1/charges/{{ ${tok}.number }}` }), DENIED],
  [
    'a query with a placeholder',
    (tok) => ({ path: `/v1/charges?expand[]={{${tok}.number}}` }),
    DENIED,
  ],

  headers('that is put in', { authorization: 'Bearer thief' }),
  headers('that is put in, in another case', { Authorization: 'Bearer thief' }),
  headers('that selects an account', { 'Gateway-Account': 'acct_thief' }),
  headers('that is not let through', { 'x-any': 'y' }),
  headers('twice', { 'idempotency-key': 'a', 'Idempotency-Key': 'b' }),
  headers('that frames', { 'content-length': '3' }),
  headers('that routes', { host: 'thief.example' }),
  headers('with a line end', { 'idempotency-key': 'a\r\nauthorization: Bearer thief' }, INVALID),
  headers('with letters', { 'idempotency-key': 'schlüssel' }, INVALID),
  [
    'a header with a placeholder',
    (tok) => ({ headers: { 'idempotency-key': `{{ ${tok}.number }}` } }),
    INVALID,
  ],

  body('that is put in', () => ({ merchantAccount: 'thief' })),
  body('that is put in, in another case', () => ({ merchantaccount: 'thief' })),
  body('beneath what is put in', () => ({ merchantAccount: { id: 'thief' } })),
  body('with the brackets of forms', () => ({ 'merchantAccount[]': 'thief' }), INVALID),
  body('with a place that may not be', () => ({ destination: 'acct_thief' })),
  body('with a place beneath one', () => ({ amount: { value: 3, account: 'thief' } })),
  body('with a dotted name for a place', () => ({ 'metadata.a': 'x' })),
  body('with a slash in a name', () => ({ 'metadata/a': 'x' })),
  body('with a tilde in a name', () => ({ 'metadata~1a': 'x' })),
  body('with a star for a name', () => ({ metadata: { '*': 'x' } }), INVALID),
  body('with an empty list', () => ({ items: [] }), INVALID),
  body('with an empty object', () => ({ metadata: {} }), INVALID),
  body('with an empty name', () => ({ metadata: { '': 'x' } }), INVALID),
  body('with a zero in a name', () => ({ metadata: { 'a\0': 'x' } }), INVALID),
  body('with a line end in a name', () => ({ metadata: { 'a\nb': 'x' } }), INVALID),
  body('with invisible signs in a name', () => ({ metadata: { 'a\u200b': 'x' } }), INVALID),
  body('with a number that loses digits', () => ({ amount: 2 ** 53 }), INVALID),
  body('that is a list', () => [] as unknown as Request, INVALID),
  body('that is a text', (tok) => `{{ ${tok}.number }}` as unknown as Request, INVALID),
  body('with a card where a note may be', (tok) => ({ metadata: { a: `{{ ${tok}.number }}` } })),
  body('with a number for a name', (tok) => ({ card: { name: `{{ ${tok}.number }}` } })),
  body('with a code for a number', (tok) => ({ card: { number: `{{ ${tok}.cvc }}` } })),
  body('with a number beneath its place', (tok) => ({
    card: { number: { a: `{{ ${tok}.number }}` } },
  })),
  body('with a number in a list at its place', (tok) => ({
    card: { number: [`{{ ${tok}.number }}`] },
  })),
  body('with a number of the caller at its place', () => ({ card: { number: '4242' } })),
  body(
    'with a placeholder in a longer text',
    (tok) => ({ metadata: { a: `x{{ ${tok}.number }}` } }),
    INVALID,
  ),
  body(
    'with two placeholders in a text',
    (tok) => ({ card: { number: `{{ ${tok}.number }}{{ ${tok}.cvc }}` } }),
    INVALID,
  ),
  body('with a placeholder for a name', (tok) => ({ [`{{ ${tok}.number }}`]: 'x' }), INVALID),
  body(
    'with a placeholder of nothing',
    (tok) => ({ card: { number: `{{ ${tok}.pan }}` } }),
    INVALID,
  ),
  body(
    'with a placeholder of the prototype',
    (tok) => ({ card: { number: `{{ ${tok}.constructor }}` } }),
    INVALID,
  ),
  body('with a placeholder of no part', (tok) => ({ card: { number: `{{ ${tok} }}` } }), INVALID),
  body(
    'with a placeholder in a placeholder',
    (tok) => ({ card: { number: `{{ {{ ${tok}.number }} }}` } }),
    INVALID,
  ),
  body('with half a placeholder', () => ({ metadata: { a: '{{' } }), INVALID),
  body('with wide spaces', (tok) => ({ card: { number: `{{  ${tok}.number  }}` } }), INVALID),
  body('with a tab in it', (tok) => ({ card: { number: `{{\t${tok}.number}}` } }), INVALID),
  body(
    'with a part that a card has not',
    (tok) => ({ bank: { iban: `{{ ${tok}.iban }}` } }),
    INVALID,
  ),
  body(
    'with a name that the card has not',
    (tok) => ({ card: { name: `{{ ${tok}.name }}` } }),
    INVALID,
  ),
  body(
    'with a token of the other mode',
    () => ({ card: { number: `{{ ${newTokenId('live')}.number }}` } }),
    MISSING,
  ),
  body(
    'with a token that is not there',
    () => ({ card: { number: `{{ ${newTokenId('test')}.number }}` } }),
    MISSING,
  ),
];

describe.each(ENGINES)('a stolen key on %s', { timeout: 60_000 }, (engine) => {
  let f: Forwarding;
  let token: string;
  let loose: string;
  beforeAll(async () => {
    f = await forwarding(engine);
    token = await f.card();
    loose = await f.approve({ body: ['/*'] });
  }, 60_000);
  afterAll(() => f.close());

  const number = (tok: string) => ({ card: { number: `{{ ${tok}.number }}` } });
  const try_ = (change: Request, own: { key?: string } = {}) =>
    f.forward(
      { destination: f.destination, path: '/v1/charges', body: number(token), ...change },
      own,
    );
  const nothingLeft = async () => {
    expect(f.gateway.heard).toHaveLength(0);
    const rows = await f.it.vault.sql.owner.query('SELECT FROM forwards');
    expect(rows).toHaveLength(0);
  };

  test.each(ROWS)('attacks: sends nothing for %s', async (_name, change, refusal) => {
    const answer = await try_(change(token));
    expect([answer.status, answer.body['code']]).toStrictEqual(refusal);
  });

  test('attacks: lets nothing be put beside what it puts in, where anything else may be said', async () => {
    const names = ['merchantAccount', 'MERCHANTACCOUNT', 'merchantaccount'];
    for (const name of names) {
      const answer = await try_({ destination: loose, body: { [name]: 'thief' } });
      expect([name, answer.status]).toStrictEqual([name, 403]);
    }
    await nothingLeft();
  });

  test('attacks: takes no prototype for a name, and no name twice', async () => {
    for (const inner of [
      '{"__proto__":{"amount":1}}',
      '{"constructor":{"prototype":{}}}',
      '{"amount":1,"amount":2}',
      `{"card":{"number":"{{ ${token}.number }}","number":"x"}}`,
    ]) {
      const payload = `{"destination":"${f.destination}","path":"/v1/charges","body":${inner}}`;
      const { statusCode } = await f.it.api.inject({
        method: 'POST',
        url: '/v1/forward',
        headers: {
          authorization: `Bearer ${f.key}`,
          'content-type': 'application/json',
          'idempotency-key': 'proto',
        },
        payload,
      });
      expect([inner, statusCode]).toStrictEqual([inner, 400]);
    }
  });

  test('attacks: sends no token of another tenant, nor one that is over or deleted', async () => {
    const tenant = await otherTenant(f.it);
    const theirs = await keyOf(f.it, { tenant, scopes: [...SCOPES] });
    const card = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
    const made = async (own: string, more = {}) =>
      (await ask(f.it, own, 'POST', '/v1/tokens', { body: { ...card, ...more } })).body.id;
    const foreign = await made(theirs);
    const deleted = await made(f.key);
    await ask(f.it, f.key, 'DELETE', `/v1/tokens/${deleted}`);
    const soon = new Date(f.it.time.now + 1_000).toISOString();
    const over = await made(f.key, { expiresAt: soon });
    f.it.time.now += 1_000;
    const answers = [];
    for (const tok of [foreign, deleted, over, newTokenId('test')])
      answers.push(await try_({ body: number(tok) }));
    const seen = answers.map(({ raw }) => raw.body.replaceAll(/req_\w+/g, 'req'));
    expect(new Set(seen).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    // Nor to a destination of another's.
    expect((await try_({ body: number(foreign) }, { key: theirs })).status).toBe(404);
    await nothingLeft();
  });

  test('attacks: sends no more than twenty tokens', async () => {
    const fields = { number: Array.from({ length: 21 }, (_, n) => `/items/${n}/number`) };
    const refused = await ask(f.it, f.key, 'POST', '/v1/destinations', {
      body: { record: { ...(await recordAt()), fields }, credentials: {} },
    });
    expect(refused.status).toBe(400);
    const items = Array.from({ length: 20 }, (_, n) => `/items/${n}/number`);
    const many = await f.approve({ fields: { number: items, cvc: ['/items/20/number'] } });
    const tokens = [...items.map(() => newTokenId('test')), newTokenId('test')];
    const of = (count: number) => ({
      items: tokens.slice(0, count).map((tok, n) => ({
        number: `{{ ${tok}.${n < 20 ? 'number' : 'cvc'} }}`,
      })),
    });
    expect((await try_({ destination: many, body: of(21) })).status).toBe(400);
    expect((await try_({ destination: many, body: of(20) })).status).toBe(404);
  });
  const recordAt = async () => {
    const { body: shown } = await ask(f.it, f.key, 'GET', `/v1/destinations/${f.destination}`);
    const {
      id: _i,
      object: _o,
      mode: _m,
      state: _s,
      createdAt: _c,
      updatedAt: _u,
      ...record
    } = shown;
    return record;
  };

  test('attacks: does nothing for a key without the scope, and none has it by itself', async () => {
    for (const wish of [
      {},
      { kind: 'rk', scopes: ['tokens:reveal', 'destinations:manage', 'grants:write'] } as const,
    ]) {
      const key = await keyOf(f.it, wish);
      const answer = await try_({}, { key });
      expect([answer.status, answer.body['code']]).toStrictEqual(DENIED);
    }
    const plain = await keyOf(f.it, {});
    const asked = await ask(f.it, plain, 'GET', '/v1/destinations');
    expect([asked.status, asked.body['code']]).toStrictEqual(DENIED);
  });

  test('attacks: sends nothing to one that is disabled or deleted', async () => {
    const doomed = await f.approve();
    const url = `/v1/destinations/${doomed}`;
    await ask(f.it, f.key, 'PATCH', url, { body: { state: 'disabled' } });
    expect((await try_({ destination: doomed })).status).toBe(404);
    await ask(f.it, f.key, 'DELETE', url);
    expect((await try_({ destination: doomed })).status).toBe(404);
  });

  test('has sent nothing, and kept what it had; the trail tells of it, once a minute for each kind', async () => {
    await nothingLeft();
    const { body: shown } = await ask(f.it, f.key, 'GET', `/v1/tokens/${token}`);
    expect(shown['cvcExpiresAt']).not.toBeNull();
    const rows = await f.it.vault.sql.owner.query(
      `SELECT outcome, count(*)::int AS n FROM audit_entries
       WHERE action = 'forward.refuse' AND resource = $1 GROUP BY outcome ORDER BY outcome`,
      [f.destination],
    );
    expect(rows).toStrictEqual(
      ['body', 'headers', 'method', 'path'].map((outcome) => ({ outcome, n: 1 })),
    );
    const entries = await f.it.vault.sql.owner.query(
      "SELECT FROM audit_entries WHERE action IN ('forward.intent', 'forward.outcome')",
    );
    expect(entries).toHaveLength(0);
    expect(f.it.lines.join('')).not.toMatch(/4242424242424242|thief|gw_secret/);
  });
});
