import { parseApiKey } from '@hushfield/crypto/token-id';
import { generateSigningSeed, importSigningSeed } from '@hushfield/crypto/manifest';
import { signSession } from '@hushfield/crypto/session';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { expectProblem } from '../../test/expect-problem.ts';
import {
  type Change,
  GOOD,
  openReply,
  post,
  sealedRequest,
  ticketFor,
  tokenize,
} from '../../test/sealed-request.ts';
import { claimsOfSession, sessionFor } from '../../test/sessions.ts';
import { NOON, type TestVault } from '../../test/test-vault.ts';
import { twoNodes } from '../../test/two-nodes.ts';
import { writeSession } from '../sessions/session-text.ts';

const MINUTE = 60_000;
const PAGE = 'https://other.example';
const AMEX = { ...GOOD, number: '378282246310005', cvc: '1234' };

describe.each(ENGINES)('POST /v1/tokenize with sessions on %s', (engine) => {
  let nodes: Awaited<ReturnType<typeof twoNodes>>;
  let it: TestVault;
  /** Of a key that takes nobody without one. */
  let strict: string;
  beforeAll(async () => {
    nodes = await twoNodes(engine);
    ({ it } = nodes);
    const origins = [it.config.shopOrigin, PAGE];
    const key = await keyOf(it, { kind: 'pk', origins, proved: true, sessionsRequired: true });
    strict = parseApiKey(key)?.keyId ?? '';
  }, 60_000);
  afterAll(() => nodes.close());
  beforeEach(() => {
    it.time.now = NOON;
  });

  const strictTicket = () => ticketFor(it, { key: strict, origins: [it.config.shopOrigin, PAGE] });
  const under = async (wish: object = {}, change: Change = {}) =>
    tokenize(it, { session: await sessionFor(it, wish), ...change });
  const refused = async (change: Change, status: number, code: string) => {
    const { body } = await sealedRequest(it, { ticket: await strictTicket(), ...change });
    await expectProblem(it, body, status, code);
  };

  test('asks a key that requires one for a session, and takes any card under it', async () => {
    await refused({}, 401, 'invalid_session');
    expect(await under({}, { ticket: await strictTicket() })).toMatchObject({ ok: true });
    // Where none is asked for, none is needed.
    expect(await tokenize(it)).toMatchObject({ ok: true });
  });

  test.each([
    ['a key that says none', undefined, undefined, undefined],
    ['a key that says six', 6, undefined, '424242'],
    ['a key that says eight', 8, undefined, '42424242'],
    ['a key that says none, whatever its session says', undefined, 8, undefined],
    ['a key that says six, whatever its session says', 6, 8, '424242'],
    ['a session that says none, of a key that says eight', 8, 0, undefined],
    ['a session that says six, of a key that says eight', 8, 6, '424242'],
    ['a session that says nothing, of a key that says six', 6, null, '424242'],
  ] as const)('stores no more of a BIN than the policy of %s', async (_, ofKey, ofSession, bin) => {
    const ticket = await ticketFor(it, ofKey === undefined ? {} : { binDigits: ofKey });
    const wish = typeof ofSession === 'number' ? { binDigits: ofSession } : {};
    const session = ofSession === undefined ? {} : { session: await sessionFor(it, wish) };
    const reply = await tokenize(it, { ticket, ...session });
    expect('token' in reply && reply.token.type === 'card' && reply.token.card.bin).toBe(bin);
  });

  test('gives the token the customer of the session, and the trail its id', async () => {
    const session = await sessionFor(it, { customer: 'c-7' });
    const reply = await tokenize(it, { session });
    const id = reply.ok ? reply.token.id : '';
    const { body } = await ask(it, it.merchant.secretKey, 'GET', `/v1/tokens/${id}`);
    expect(body.customer).toBe('c-7');
    const text = 'SELECT actor FROM audit_entries WHERE resource = $1';
    const keyId = it.merchant.publishableKey.slice(8, 16);
    expect(await it.vault.sql.owner.query(text, [id])).toStrictEqual([
      { actor: `key:${keyId}/${claimsOfSession(session).id}` },
    ]);
  });

  test('serves every ticket of the page, the next document’s too', async () => {
    const session = await sessionFor(it);
    for (const ticket of [await strictTicket(), await strictTicket()])
      expect(await tokenize(it, { session, ticket })).toMatchObject({ ok: true });
  });

  test('lives on when the key that made it is revoked, and no longer than it says', async () => {
    const maker = await keyOf(it, { kind: 'rk', scopes: ['sessions:write'] });
    const session = await sessionFor(it, { expiresIn: 3_600 }, maker);
    await ask(it, it.merchant.secretKey, 'DELETE', `/v1/api_keys/${maker.slice(8, 16)}`);
    it.time.now += 60 * MINUTE - 1000;
    expect(await tokenize(it, { session, ticket: await strictTicket() })).toMatchObject({
      ok: true,
    });
    it.time.now += 1000;
    await refused({ session }, 401, 'session_expired');
  });

  describe('attacks: takes no session', () => {
    const forged: [string, () => string | Promise<string>][] = [
      ['without its signature', async () => `${(await sessionFor(it)).split('.')[0]}.`],
      ['that is cut short', async () => (await sessionFor(it)).slice(0, -1)],
      ['with a third part', async () => `${await sessionFor(it)}.x`],
      ['that is too long', () => `${'a'.repeat(4_010)}.${'b'.repeat(86)}`],
    ];
    test.each(forged)('%s: not even its form', async (_name, make) => {
      await refused({ session: await make() }, 400, 'invalid_request');
    });

    const signed: [string, () => string | Promise<string>][] = [
      ['with one bit of its signature turned', async () => flipped(await sessionFor(it))],
      [
        'with the signature of another',
        async () => {
          const [[payload], [, signature]] = [await sessionFor(it), await sessionFor(it)].map(
            (text) => text.split('.'),
          ) as [string[], string[]];
          return `${payload}.${signature}`;
        },
      ],
      [
        'under a key of somebody’s own',
        async () => {
          const [payload = ''] = (await sessionFor(it)).split('.');
          return signSession(importSigningSeed(generateSigningSeed()), payload);
        },
      ],
      [
        'signed by the manifest key',
        async () => {
          const [payload = ''] = (await sessionFor(it)).split('.');
          return signSession(await it.vault.keys.signingKey('manifest'), payload);
        },
      ],
      ['that is a ticket', async () => `${(await strictTicket()).split('.')[0]}.${'A'.repeat(86)}`],
      [
        'of another tenant',
        async () => {
          const tenant = await otherTenant(it);
          const claims = claimsOfSession(await sessionFor(it));
          return written({ ...claims, tenant });
        },
      ],
      [
        'of live mode',
        async () => written({ ...claimsOfSession(await sessionFor(it)), mode: 'live' }),
      ],
    ];
    test.each(signed)('%s', async (_name, make) => {
      await refused({ session: await make() }, 401, 'invalid_session');
    });

    test('of another page, nor of this page in another’s frame', async () => {
      const session = await sessionFor(it);
      await refused({ session, parentOrigin: PAGE }, 403, 'origin_not_allowed');
      const both = await sessionFor(it, { origins: [it.config.shopOrigin, PAGE] });
      const ticket = await ticketFor(it, { key: strict });
      await refused({ session: both, ticket, parentOrigin: PAGE }, 403, 'origin_not_allowed');
    });

    test('that has run out, though it was good a moment before', async () => {
      const session = await sessionFor(it, { expiresIn: 60 });
      it.time.now += 59_999;
      expect(await tokenize(it, { session })).toMatchObject({ ok: true });
      it.time.now += 1;
      await refused({ session }, 401, 'session_expired');
    });

    test('that is used up, but not to whoever only missed the answer', async () => {
      const session = await sessionFor(it, { attempts: 1 });
      const { body, sealed } = await sealedRequest(it, { session });
      expect((await post(it, body)).statusCode).toBe(200);
      const again = await post(it, body);
      expect(openReply(sealed, again.body)).toMatchObject({ ok: true });
      await expectProblem(it, (await sealedRequest(it, { session })).body, 429, 'rate_limited');
      const { ticket } = body;
      const other = await sealedRequest(it, { session, ticket });
      await expectProblem(it, other.body, 429, 'rate_limited');
    });

    test('but the one the card was sealed under', async () => {
      const [session, other] = [await sessionFor(it), await sessionFor(it, { attempts: 100 })];
      const { body } = await sealedRequest(it, { session });
      const { session: _session, ...bare } = body;
      await expectProblem(it, { ...body, session: other }, 400, 'invalid_request');
      await expectProblem(it, bare, 400, 'invalid_request');
      await expectProblem(
        it,
        { ...(await sealedRequest(it)).body, session },
        400,
        'invalid_request',
      );
      expect((await post(it, body)).statusCode).toBe(200);
    });
  });

  async function written(claims: ReturnType<typeof claimsOfSession>): Promise<string> {
    return (await writeSession(it.vault.keys, claims)) ?? '';
  }

  const terms: [string, object, object, object | undefined][] = [
    ['a brand on its list', { brands: ['amex', 'visa'] }, GOOD, undefined],
    [
      'a brand that is not',
      { brands: ['amex'] },
      GOOD,
      { code: 'brand_not_supported', field: 'number' },
    ],
    [
      'a wrong number before its brand',
      { brands: ['amex'] },
      { ...GOOD, number: '4242424242424241' },
      { code: 'invalid_number' },
    ],
    [
      'the second network of a card',
      { brands: ['dankort'] },
      { ...GOOD, number: '4571000000000001' },
      undefined,
    ],
    [
      'the network of a card that its holder chose, where it is on the list',
      { brands: ['dankort'] },
      { ...GOOD, number: '4571000000000001', network: 'dankort' },
      undefined,
    ],
    [
      'another one of the card’s that is on it, in the place of the chosen',
      { brands: ['dankort'] },
      { ...GOOD, number: '4571000000000001', network: 'visa' },
      { code: 'brand_not_supported', field: 'number' },
    ],
    ['a code where one is asked for', { fields: ['cvc'] }, AMEX, undefined],
    [
      'no code where one is asked for',
      { fields: ['cvc'] },
      { ...GOOD, cvc: undefined },
      { code: 'required_field', field: 'cvc' },
    ],
    [
      'no name where one is asked for',
      { fields: ['name'] },
      GOOD,
      { code: 'required_field', field: 'name' },
    ],
    ['a name', { fields: ['name', 'cvc'] }, { ...GOOD, name: 'Ada Lovelace' }, undefined],
    [
      'neither, by the first in the form',
      { fields: ['name', 'cvc'] },
      { ...GOOD, cvc: undefined },
      { code: 'required_field', field: 'cvc' },
    ],
  ];
  test.each(terms)('judges %s inside the seal', async (_name, wish, card, error) => {
    const reply = await under(wish, { card });
    if (error === undefined) expect(reply.ok).toBe(true);
    else expect(reply).toMatchObject({ ok: false, error });
  });

  test('remembers a refusal by its terms, and answers all in one size', async () => {
    const session = await sessionFor(it, { brands: ['amex'], fields: ['cvc'] });
    const ticket = await strictTicket();
    const sizes = new Set<number>();
    const outcomes: string[] = [];
    for (const [attempt, card] of [GOOD, AMEX, { ...AMEX, cvc: undefined }].entries()) {
      const sealed = await sealedRequest(it, { session, ticket, card, attempt: attempt + 1 });
      const first = await post(it, sealed.body);
      const again = await post(it, sealed.body);
      for (const { body } of [first, again]) sizes.add(body.length);
      const answer = openReply(sealed.sealed, again.body);
      outcomes.push(answer.ok ? 'ok' : answer.error.code);
    }
    expect(outcomes).toStrictEqual(['brand_not_supported', 'ok', 'required_field']);
    expect(sizes.size).toBe(1);
    const text = `SELECT outcome FROM audit_entries WHERE actor LIKE '%' || $1 AND outcome <> 'ok' ORDER BY 1`;
    const entries = await it.vault.sql.owner.query(text, [claimsOfSession(session).id]);
    expect(entries.map((row) => row.outcome)).toStrictEqual([
      'brand_not_supported',
      'required_field',
    ]);
  });

  test('attacks: gives a session its attempts and at most a block more, over both nodes and all tickets', async () => {
    it.time.now = NOON + 50 * MINUTE;
    const session = await sessionFor(it, { attempts: 3, expiresIn: 3_600 });
    const statuses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      for (const at of [it, nodes.node]) {
        const { body } = await sealedRequest(at, { session, ticket: await strictTicket() });
        statuses.push((await post(at, body)).statusCode);
      }
      // The turn of the hour in between gives it no more.
      it.time.now += 4 * MINUTE;
    }
    const through = statuses.filter((status) => status === 200).length;
    expect(through).toBeGreaterThanOrEqual(3);
    expect(through).toBeLessThanOrEqual(4);
    expect(statuses.slice(-2)).toStrictEqual([429, 429]);
    expect(await under({}, { ticket: await strictTicket() })).toMatchObject({ ok: true });
  });

  test('attacks: lets nobody but sessions through while a key’s price is raised, on that node', async () => {
    it.vault.pricing.raise(it.merchant.publishableKey.slice(8, 16));
    await expectProblem(it, (await sealedRequest(it)).body, 401, 'invalid_session');
    expect(await under()).toMatchObject({ ok: true });
    it.time.now += 15 * MINUTE;
    expect(await tokenize(it)).toMatchObject({ ok: true });
  });

  test('left no session text in a log line', async () => {
    const session = await sessionFor(it);
    await tokenize(it, { session });
    await refused({ session: flipped(session) }, 401, 'invalid_session');
    expect(it.lines.join('')).not.toContain(session.slice(-60));
  });
});

function flipped(text: string): string {
  const [payload, signature = ''] = text.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return `${payload}.${bytes.toString('base64url')}`;
}
