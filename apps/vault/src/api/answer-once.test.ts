import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };

describe.each(ENGINES)('answers that may be asked again on %s', (engine) => {
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

  test('does it once for many who ask at the same moment', async () => {
    const named = name();
    const before = await tokens();
    const answers = await Promise.all(Array.from({ length: 12 }, () => importAs(key, named)));
    expect(new Set(answers.map(({ status }) => status))).toStrictEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await tokens()).toBe(before + 1);
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
