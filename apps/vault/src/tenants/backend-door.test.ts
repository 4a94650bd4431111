import { crc32 } from 'node:zlib';
import { newApiKey } from '@hushfield/crypto/token-id';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { revokeKey } from '../../test/revoke-key.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';

const SHARE = 5;
const MINUTE = 60_000;
const idOf = (key: string) => key.slice(8, 16);
const unknown = () => newApiKey('sk', 'test').key;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** A secret made up for an id that is good: its check digits are anybody's arithmetic. */
function forged(id: string): string {
  const text = `sk_test_${id}${unknown().slice(16, 48)}`;
  let rest = crc32(text);
  const check = Array.from({ length: 6 }, () => {
    const digit = DIGITS[rest % 62];
    rest = Math.floor(rest / 62);
    return digit;
  });
  return text + check.toReversed().join('');
}
const many = <T>(count: number, make: (n: number) => T) =>
  Array.from({ length: count }, (_, n) => make(n));

describe.each(ENGINES)('the door for backends on %s', (engine) => {
  let it: TestVault;
  /** A block that nobody has come from yet. */
  let block = 0;
  beforeAll(async () => {
    it = await testVault({ engine, environment: { FAILED_KEYS_PER_MINUTE: String(SHARE) } });
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(() => {
    block += 1;
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const here = (host = 7) => `198.51.${block}.${host}`;
  const come = (key: string, remoteAddress = here(), headers: Record<string, string> = {}) =>
    it.api.inject({
      url: '/v1/api_keys',
      headers: { authorization: `Bearer ${key}`, ...headers },
      remoteAddress,
    });
  const statuses = async (answers: ReturnType<typeof come>[]) =>
    (await Promise.all(answers)).map(({ statusCode }) => statusCode);
  const counted = (all: number[]) =>
    Object.fromEntries([200, 401, 403, 429].map((s) => [s, all.filter((n) => n === s).length]));
  /** Each statement outside a transaction asks for its role; there are none of the other kind at this door. */
  const statements = () => vi.spyOn(it.vault.sql, 'as');
  const flood = () => statuses(many(4 * SHARE, (n) => come(unknown(), here(n))));

  test('attacks: looks up no more unknown keys of a block than its share, however many come at once', async () => {
    const asked = statements();
    expect(counted(await flood())).toStrictEqual({ 200: 0, 401: SHARE, 403: 0, 429: 3 * SHARE });
    expect(asked).toHaveBeenCalledTimes(SHARE);
    expect(it.lines.join('')).toContain('this key was not good from there');
  });

  test('attacks: tells all that it does not look up the same, and when to come back', async () => {
    const good = await keyOf(it, {});
    await flood();
    const asked = statements();
    const answers = await Promise.all(
      // One that is good and was never here; one with a good id; one from a browser.
      [good, unknown(), forged(idOf(good))].map((key) => come(key)),
    );
    answers.push(await come(unknown(), here(), { origin: 'https://evil.example' }));
    const told = answers.map(({ statusCode, headers, json }) => {
      const { requestId: _, ...problem } = json<Record<string, unknown>>();
      return { statusCode, wait: headers['retry-after'], problem };
    });
    const [refused] = told;
    expect(refused).toMatchObject({
      ...{ statusCode: 429, wait: '10' },
      problem: { code: 'rate_limited', retryable: true },
    });
    for (const each of told) expect(each).toStrictEqual(refused);
    expect(asked).not.toHaveBeenCalled();
  });

  test('attacks: a flood locks out no key that was good from its block within the hour', async () => {
    const good = await keyOf(it, {});
    expect((await come(good)).statusCode).toBe(200);
    for (let passed = 0; passed < 130; passed += 26) {
      await flood();
      it.time.now += 26 * MINUTE;
      // At work, so that its hour begins again each time.
      await flood();
      expect(await statuses([come(good), come(good, here(200))])).toStrictEqual([200, 200]);
    }
    expect((await come(unknown())).statusCode).toBe(429);
    it.time.now += 60 * MINUTE;
    await flood();
    expect((await come(good)).statusCode).toBe(429);
    it.time.now += 2 * MINUTE;
    expect((await come(good)).statusCode).toBe(200);
  });

  test('attacks: a flood from one block costs another nothing', async () => {
    const good = await keyOf(it, {});
    await flood();
    const elsewhere = `203.0.113.${block}`;
    expect(await statuses([come(good, elsewhere), come(unknown(), elsewhere)])).toStrictEqual([
      200, 401,
    ]);
  });

  test('attacks: a good id opens the way to no other secret', async () => {
    const good = await keyOf(it, {});
    expect((await come(good)).statusCode).toBe(200);
    const secrets = many(4 * SHARE, () => forged(idOf(good)));
    const asked = statements();
    expect(counted(await statuses(secrets.map((key) => come(key))))[429]).toBe(3 * SHARE);
    expect(asked).toHaveBeenCalledTimes(SHARE);
    expect((await come(good)).statusCode).toBe(200);
  });

  test('attacks: a key that has ended is looked up once more, and then counts as any other', async () => {
    const good = await keyOf(it, {});
    expect((await come(good)).statusCode).toBe(200);
    await flood();
    await revokeKey(it.vault.sql, idOf(good), new Date(it.time.now));
    const answers = [];
    for (let n = 0; n < 3; n += 1) answers.push((await come(good)).statusCode);
    expect(answers).toStrictEqual([401, 429, 429]);
  });

  test.each<[string, object, Record<string, string>, number]>([
    ['from an address that is not its own', { addresses: ['192.0.2.0/24'] }, {}, 401],
    ['out of a page', {}, { origin: 'https://shop.example' }, 403],
  ])('attacks: a stolen key %s counts as one that is none', async (_, wish, headers, status) => {
    const stolen = await keyOf(it, wish);
    const answers = [];
    for (let n = 0; n < SHARE + 2; n += 1)
      answers.push((await come(stolen, here(), headers)).statusCode);
    expect(counted(answers)).toMatchObject({ [status]: SHARE, 429: 2 });
  });

  test('takes a backend that starts with more requests at once than the share', async () => {
    const good = await keyOf(it, {});
    expect(counted(await statuses(many(8 * SHARE, () => come(good))))[200]).toBe(8 * SHARE);
    expect((await come(unknown())).statusCode).toBe(401);
  });

  test('tells of a flawed key without the database, and counts none', async () => {
    const asked = statements();
    const flawed = ['sk_test_x', newApiKey('sk', 'live').key, newApiKey('pk', 'test').key];
    const answers = many(4 * SHARE, (n) => come(flawed[n % 3] ?? ''));
    expect(counted(await statuses(answers))[401]).toBe(4 * SHARE);
    expect(asked).not.toHaveBeenCalled();
    expect((await come(unknown())).statusCode).toBe(401);
  });

  test('counts nobody’s key while the database is away', async () => {
    const good = await keyOf(it, {});
    const away = vi.spyOn(it.vault.sql, 'as').mockImplementation(() => ({
      query: () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })),
    }));
    for (let n = 0; n < 2 * SHARE; n += 1) expect((await come(good)).statusCode).toBe(503);
    away.mockRestore();
    expect((await come(good)).statusCode).toBe(200);
  });
});
