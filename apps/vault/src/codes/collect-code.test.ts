import { newTokenId } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { expectProblem } from '../../test/expect-problem.ts';
import { openCode } from '../../test/open-code.ts';
import {
  claimsOf,
  collectCode,
  GOOD,
  openCodeReply,
  post,
  sealedRequest,
  ticketFor,
  tokenize,
} from '../../test/sealed-request.ts';
import { sessionFor } from '../../test/sessions.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';

const AMEX = { ...GOOD, number: '378282246310005', cvc: '1234' };

describe.each(ENGINES)('collecting a security code again on %s', (engine) => {
  let it: TestVault;
  let own: string;
  beforeAll(async () => {
    it = await testVault({ engine });
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(async () => {
    it.time.now = NOON;
    own = await make();
  });

  const owner = (text: string, values: unknown[] = []) => it.vault.sql.owner.query(text, values);
  const make = async (card: object = GOOD) => {
    const reply = await tokenize(it, { card });
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.token.id;
  };

  test('puts the new code in the place of the old, and tells the page nothing of the card', async () => {
    it.time.now += 30 * 60_000;
    const reply = await collectCode(it, { token: own, cvc: '321' });
    const token = { id: own, object: 'token', cvcCollected: true };
    expect(reply).toStrictEqual({ ok: true, token });
    expect(await openCode(it, own)).toBe('321');
    const { body } = await ask(it, it.merchant.secretKey, 'GET', `/v1/tokens/${own}`);
    expect(body['cvcExpiresAt']).toBe(new Date(NOON + 90 * 60_000).toISOString());
  });

  test('gives one to a card that was stored without', async () => {
    const body = { number: GOOD.number, expMonth: 12, expYear: 2030 };
    const { body: imported } = await ask(it, it.merchant.secretKey, 'POST', '/v1/tokens', { body });
    expect(await collectCode(it, { token: imported.id, cvc: '321' })).toMatchObject({ ok: true });
    const url = `/v1/tokens/${imported.id}`;
    expect((await ask(it, it.merchant.secretKey, 'GET', url)).body).toMatchObject({
      card: { cvcCollected: true },
      cvcExpiresAt: expect.any(String),
    });
  });

  test.each([
    ['four digits', GOOD, '1234'],
    ['three digits', AMEX, '123'],
  ])('judges %s by the card they are for', async (_name, card, cvc) => {
    const token = await make(card);
    const error = { code: 'invalid_cvc', field: 'cvc' };
    expect(await collectCode(it, { token, cvc })).toMatchObject({ ok: false, error });
    // What was there stays there.
    expect(await openCode(it, token)).toBe(card.cvc);
  });

  test('leaves an entry for each, with the outcome', async () => {
    const ticket = await ticketFor(it);
    const unknown = newTokenId('test');
    await collectCode(it, { token: own, cvc: '321' }, { ticket, attempt: 1 });
    await collectCode(it, { token: own, cvc: '3210' }, { ticket, attempt: 2 });
    await collectCode(it, { token: unknown, cvc: '321' }, { ticket, attempt: 3 });
    const entries = await owner(
      `SELECT actor, resource, outcome, origin FROM audit_entries WHERE action = 'token.code_collect'
       AND request_id IN (SELECT request_id FROM audit_entries ORDER BY at DESC) AND resource IN ($1, '')
       ORDER BY outcome`,
      [own],
    );
    const actor = `key:${claimsOf(ticket).key}`;
    const origin = it.config.shopOrigin;
    expect(entries).toStrictEqual([
      { actor, resource: own, outcome: 'invalid_cvc', origin },
      { actor, resource: '', outcome: 'not_found', origin },
      { actor, resource: own, outcome: 'ok', origin },
    ]);
    // What a page calls a token may be anything, and is not written down.
    const [attempts] = await owner('SELECT count(*)::int AS n FROM attempts WHERE token_id = $1', [
      unknown,
    ]);
    expect(attempts?.n).toBe(0);
  });

  test.each([
    ['a good code', '321', { ok: true }],
    ['a wrong one', '3210', { ok: false, error: { code: 'invalid_cvc', field: 'cvc' } }],
  ])('answers the same bytes with the same: %s', async (_name, cvc, expected) => {
    const request = await sealedRequest(it, { card: { token: own, cvc } });
    await post(it, request.body);
    const { body } = await post(it, request.body);
    expect(openCodeReply(request.sealed, body)).toMatchObject(expected);
    // A code that was collected later is not written over by a message that comes again.
    await collectCode(it, { token: own, cvc: '999' });
    await post(it, request.body);
    expect(await openCode(it, own)).toBe('999');
  });

  test('says not_found to a message that comes again after its token has gone', async () => {
    const request = await sealedRequest(it, { card: { token: own, cvc: '321' } });
    await post(it, request.body);
    await ask(it, it.merchant.secretKey, 'DELETE', `/v1/tokens/${own}`);
    const { body } = await post(it, request.body);
    const error = { code: 'not_found' };
    expect(openCodeReply(request.sealed, body)).toMatchObject({ ok: false, error });
  });

  test.each([
    ['a card after a code', { token: 'own', cvc: '321' }, GOOD],
    ['a code after a card', GOOD, { token: 'own', cvc: '321' }],
    ['another code', { token: 'own', cvc: '321' }, { token: 'own', cvc: '322' }],
  ])('attacks: refuses other bytes under a used attempt: %s', async (_name, first, second) => {
    const named = (card: object) => ('token' in card ? { ...card, token: own } : card);
    const ticket = await ticketFor(it);
    await post(it, (await sealedRequest(it, { ticket, card: named(first) })).body);
    const again = await sealedRequest(it, { ticket, card: named(second) });
    await expectProblem(it, again.body, 409, 'idempotency_conflict');
  });

  describe('attacks: of a token that is not its own', () => {
    /** Tokens that this page may not put a code to. */
    const NOT_OWN: Readonly<Record<string, () => Promise<string> | string>> = {
      'nobody’s': () => newTokenId('test'),
      'one with a wrong check': () => `tok_test_${'4242'.repeat(7)}`,
      'one of another mode': () => newTokenId('live'),
      'another tenant’s': async () => {
        const token = await make();
        const tenant = await otherTenant(it, `ten_${token.slice(9, 31)}`);
        for (const table of ['tokens', 'cards', 'security_codes'])
          await owner(`UPDATE ${table} SET tenant = $2 WHERE token_id = $1`, [token, tenant]);
        return token;
      },
      'one of a live card': async () => {
        const token = await make();
        await owner(`UPDATE tokens SET mode = 'live' WHERE token_id = $1`, [token]);
        return token;
      },
      'one that is over': async () => {
        const token = await make();
        const now = new Date(it.time.now);
        await owner('UPDATE tokens SET expires_at = $2 WHERE token_id = $1', [token, now]);
        return token;
      },
      'one that was deleted': async () => {
        const token = await make();
        await ask(it, it.merchant.secretKey, 'DELETE', `/v1/tokens/${token}`);
        return token;
      },
    };

    test.each(Object.keys(NOT_OWN))('stores nothing for %s, and says not_found', async (name) => {
      const token = (await NOT_OWN[name]?.()) ?? '';
      const stored = () => owner('SELECT * FROM security_codes WHERE token_id = $1', [token]);
      const before = await stored();
      const { ok, ...rest } = await collectCode(it, { token, cvc: '321' });
      expect([ok, rest]).toStrictEqual([
        false,
        {
          error: {
            type: 'request_error',
            code: 'not_found',
            message: 'There is nothing here under that id.',
            retryable: false,
            requestId: expect.any(String),
          },
        },
      ]);
      expect(await stored()).toStrictEqual(before);
    });

    test('takes a code under a customer’s session for that customer’s own token only', async () => {
      const session = await sessionFor(it, { customer: 'c-1' });
      const collected = () => collectCode(it, { token: own, cvc: '321' }, { session });
      expect(await collected()).toMatchObject({ ok: false, error: { code: 'not_found' } });
      await owner(`UPDATE tokens SET customer = 'c-2' WHERE token_id = $1`, [own]);
      expect(await collected()).toMatchObject({ ok: false, error: { code: 'not_found' } });
      await owner(`UPDATE tokens SET customer = 'c-1' WHERE token_id = $1`, [own]);
      expect(await collected()).toMatchObject({ ok: true });
    });

    test('looks on the wire as every other message does', async () => {
      const sent = { 'a card': GOOD, 'its own': { token: own, cvc: '321' } };
      const wrong = { 'a wrong code': { token: own, cvc: '3210' } };
      const strange: Record<string, object> = { ...sent, ...wrong };
      for (const [name, token] of Object.entries(NOT_OWN)) {
        strange[name] = { token: await token(), cvc: '321' };
      }
      const seen = new Set<string>();
      for (const card of Object.values(strange)) {
        const { body } = await sealedRequest(it, { card });
        const answer = await post(it, body);
        const headers = { ...answer.headers, date: '', 'x-request-id': '' };
        const sizes = [JSON.stringify(body).length, answer.body.length];
        seen.add(JSON.stringify([answer.statusCode, sizes, headers]));
      }
      expect([...seen]).toHaveLength(1);
    });

    test('is never written down, in no column, though it were a card number', async () => {
      const token = `tok_test_${GOOD.number}${'a'.repeat(12)}`;
      await collectCode(it, { token, cvc: '321' });
      const tables = ['attempts', 'audit_entries', 'security_codes'];
      const dump = await Promise.all(
        tables.map((table) => owner(`SELECT t::text FROM ${table} t`)),
      );
      expect(JSON.stringify(dump)).not.toContain(GOOD.number);
      expect(it.lines.join('')).not.toContain(GOOD.number);
    });
  });

  test.each([
    ['a card and a token', (token: string) => ({ ...GOOD, token })],
    ['no code', (token: string) => ({ token })],
    ['a code that is none', (token: string) => ({ token, cvc: '12' })],
    ['letters', (token: string) => ({ token, cvc: '12a' })],
    ['no token', () => ({ cvc: '123' })],
    ['a text for a token', () => ({ token: 'x', cvc: '123' })],
    ['a list of tokens', (token: string) => ({ token: [token], cvc: '123' })],
    ['more', (token: string) => ({ token, cvc: '123', brand: 'visa' })],
  ])('attacks: takes no message of %s', async (_name, card) => {
    const { body } = await sealedRequest(it, { card: card(own) });
    await expectProblem(it, body, 400, 'invalid_request');
    expect(await openCode(it, own)).toBe(GOOD.cvc);
  });

  test('attacks: takes none after the ticket was burnt', async () => {
    const ticket = await ticketFor(it);
    const burnt = await it.api.inject({
      method: 'POST',
      url: '/v1/tickets/burn',
      headers: { origin: it.config.fieldsOrigin, 'content-type': 'application/json' },
      payload: JSON.stringify({
        v: 1,
        ticket,
        parentOrigin: it.config.shopOrigin,
        reason: 'focus_lost',
      }),
    });
    expect(burnt.statusCode).toBeLessThan(300);
    const { body } = await sealedRequest(it, { ticket, card: { token: own, cvc: '321' } });
    await expectProblem(it, body, 409, 'idempotency_conflict');
    expect(await openCode(it, own)).toBe(GOOD.cvc);
  });
});
