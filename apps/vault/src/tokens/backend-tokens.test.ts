import { newTokenId } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES } from '../../test/engines.ts';
import { latch, untilLocked } from '../../test/latch.ts';
import { openReply, post, sealedRequest, tokenize } from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { type By, deletePortion, deleteToken, updateToken } from './change-tokens.ts';
import { listTokens, type Position } from './list-tokens.ts';
import { findToken } from './token-store.ts';

const OTHER = `ten_${'Z'.repeat(22)}`;

describe.each(ENGINES)('tokens of a backend on %s', (engine) => {
  let it: TestVault;
  let by: By;
  beforeAll(async () => {
    it = await testVault({ engine });
    const { tenant } = it.merchant;
    by = {
      tenant,
      mode: 'test',
      actor: 'key:test',
      requestId: 'req_1',
      address: null,
      now: new Date(NOON),
    };
  }, 60_000);
  afterAll(() => it.close());

  const sql = () => it.vault.sql.as('api', it.merchant.tenant);
  const newToken = async (number = '4242424242424242') => {
    it.time.now += 1_000;
    const reply = await tokenize(it, { card: { number, expMonth: 12, expYear: 2030, cvc: '123' } });
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.token.id;
  };
  const count = async (text: string) => Number((await it.vault.sql.owner.query(text))[0]?.n);

  test('changes what is named, leaves the rest, and leaves an entry each time', async () => {
    const id = await newToken();
    const kept = await updateToken(sql(), by, id, { expiresAt: null });
    expect(kept).toMatchObject({ token_id: id, expires_at: null, customer: null, metadata: {} });
    const named = await updateToken(sql(), by, id, { customer: 'c-1', metadata: { order: '7' } });
    expect(named).toMatchObject({ expires_at: null, customer: 'c-1', metadata: { order: '7' } });
    expect(await updateToken(sql(), by, id, { customer: null })).toMatchObject({ customer: null });
    expect(
      await count(
        `SELECT count(*) AS n FROM audit_entries WHERE action = 'token.update' AND resource = '${id}'`,
      ),
    ).toBe(3);
  });

  test.each([
    ['missing', () => newTokenId('test'), {}],
    ["of another tenant's key", newToken, { tenant: OTHER }],
    ['of the other mode', newToken, { mode: 'live' }],
    ['expired', newToken, { now: new Date(NOON + 48 * 60 * 60 * 1000) }],
  ] as const)('attacks: changes no token that is %s', async (_name, make, change) => {
    const id = await make();
    const asking = { ...by, ...change };
    const own = it.vault.sql.as('api', asking.tenant);
    expect(await updateToken(own, asking, id, { customer: 'thief' })).toBeUndefined();
    if ('now' in change) return;
    expect(await deleteToken(own, asking, id)).toBe(false);
    // By a lie about the tenant: the statement names the owner, its scope does not.
    const liar = it.vault.sql.as('api', OTHER);
    expect(await deleteToken(liar, by, id)).toBe(false);
  });

  test('lists by fingerprint and by customer, page by page, each token once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift(await newToken('5555555555554444'));
    const row = await findToken(sql(), by.tenant, ids[0] ?? '', new Date(NOON));
    for (const id of ids.slice(0, 5)) await updateToken(sql(), by, id, { customer: 'pages' });
    const walk = async (which: 'fingerprint' | 'customer', value: string) => {
      const seen: string[] = [];
      let after: Position | undefined;
      do {
        const listed = { tenant: by.tenant, mode: by.mode, by: which, value, after, limit: 2 };
        const page = await listTokens(sql(), { ...listed, now: new Date(NOON) });
        seen.push(...page.rows.map((one) => one.token_id));
        after = page.end;
      } while (after !== undefined);
      return seen;
    };
    expect(await walk('fingerprint', row?.fingerprint ?? '')).toStrictEqual(ids);
    expect(await walk('customer', 'pages')).toStrictEqual(ids.slice(0, 5));
    expect(await walk('customer', 'nobody')).toStrictEqual([]);
  });

  test('deletes token and card together, once, and answers its attempt without it', async () => {
    it.time.now += 1_000;
    const request = await sealedRequest(it);
    expect((await post(it, request.body)).statusCode).toBe(200);
    const [newest] = await it.vault.sql.owner.query(
      'SELECT token_id FROM tokens ORDER BY created_at DESC LIMIT 1',
    );
    const id = String(newest?.token_id);
    expect(await deleteToken(sql(), by, id)).toBe(true);
    expect(await deleteToken(sql(), by, id)).toBe(false);
    expect(await count(`SELECT count(*) AS n FROM cards WHERE token_id = '${id}'`)).toBe(0);
    const again = openReply(request.sealed, (await post(it, request.body)).body);
    expect(again).toMatchObject({ ok: false, error: { code: 'token_expired' } });
    expect(
      await count(
        `SELECT count(*) AS n FROM audit_entries WHERE action = 'token.delete' AND resource = '${id}'`,
      ),
    ).toBe(1);
  });

  test('erases a customer whole, and nobody else', async () => {
    const theirs = [await newToken(), await newToken(), await newToken()];
    const other = await newToken();
    for (const id of theirs) await updateToken(sql(), by, id, { customer: 'gone' });
    await updateToken(sql(), by, other, { customer: 'stays' });
    expect(await deletePortion(sql(), by, 'gone')).toStrictEqual({ tokens: 3, isLast: true });
    expect(await deletePortion(sql(), by, 'gone')).toStrictEqual({ tokens: 0, isLast: true });
    expect(await findToken(sql(), by.tenant, other, new Date(NOON))).toMatchObject({
      customer: 'stays',
    });
    expect(await count('SELECT count(*) AS n FROM cards')).toBe(
      await count('SELECT count(*) AS n FROM tokens'),
    );
  });

  test.runIf(engine === 'postgres')(
    'leaves a token alone that is given to another customer while the first is erased',
    async () => {
      const first = await newToken();
      await updateToken(sql(), by, first, { customer: 'first' });
      const { owner } = it.vault.sql;
      // More than a portion, and of each portion some that are on their way to somebody else.
      await owner.query(
        `INSERT INTO tokens SELECT (jsonb_populate_record(t,
           jsonb_build_object('token_id', 'tok_test_' || lpad(n::text, 28, '0')))).*
         FROM tokens AS t, generate_series(1, 600) AS n WHERE t.token_id = $1`,
        [first],
      );
      const given = latch();
      const commit = latch();
      const giving = owner.transaction(async (inside) => {
        await inside.query(
          "UPDATE tokens SET customer = 'second' WHERE customer = 'first' AND token_id LIKE '%0'",
        );
        given.open();
        await commit.opened;
      });
      await given.opened;
      const erased = deletePortion(sql(), by, 'first');
      await untilLocked(owner);
      commit.open();
      await giving;
      const { tokens, isLast } = await erased;
      expect([tokens < 500, isLast]).toStrictEqual([true, false]);
      while (!(await deletePortion(sql(), by, 'first')).isLast);
      const left = (customer: string) =>
        count(`SELECT count(*) AS n FROM tokens WHERE customer = '${customer}'`);
      expect([await left('first'), (await left('second')) >= 60]).toStrictEqual([0, true]);
    },
  );
});
