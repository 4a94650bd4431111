import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { openCode } from '../../test/open-code.ts';
import { collectCode, GOOD, tokenize } from '../../test/sealed-request.ts';
import { NOON, type TestVault } from '../../test/test-vault.ts';
import { twoNodes } from '../../test/two-nodes.ts';
import { rotateKek } from '../rotation/rotate-kek.ts';
import { shredTenant } from '../rotation/shred-tenant.ts';
import { runWorkerRound } from '../worker/worker.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const silent = () => {};

describe.each(ENGINES)('the life of a security code on %s', (engine) => {
  let nodes: Awaited<ReturnType<typeof twoNodes>>;
  let it: TestVault;
  /** Another node of the same vault, with a memory of its own. */
  let node: TestVault;
  let key: string;
  beforeAll(async () => {
    nodes = await twoNodes(engine);
    ({ it, node } = nodes);
    key = await keyOf(it, { scopes: ['tokens:read', 'tokens:write', 'tokens:delete'] });
  }, 60_000);
  afterAll(() => nodes.close());

  const owner = (text: string, values: unknown[] = []) => it.vault.sql.owner.query(text, values);
  const count = async (table: string) => {
    const [row] = await owner(`SELECT count(*)::int AS n FROM ${table}`);
    return Number(row?.n);
  };
  const make = async (at = it, card: object = GOOD) => {
    const reply = await tokenize(at, { card });
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.token.id;
  };
  const read = async (id: string) => (await ask(it, key, 'GET', `/v1/tokens/${id}`)).body;
  const customer = (id: string, name: string) =>
    ask(it, key, 'PATCH', `/v1/tokens/${id}`, { body: { customer: name, expiresAt: null } });

  test('tells a backend until when it is there, and that it was typed', async () => {
    it.time.now = NOON + 10 * MINUTE;
    const id = await make();
    const end = new Date(it.time.now + HOUR).toISOString();
    expect(await read(id)).toMatchObject({ card: { cvcCollected: true }, cvcExpiresAt: end });
    expect((await customer(id, 'c-told')).body).toMatchObject({ cvcExpiresAt: end });
    const listed = await ask(it, key, 'GET', '/v1/tokens?customer=c-told');
    expect(listed.body['data']).toMatchObject([{ id, cvcExpiresAt: end }]);
    it.time.now += HOUR;
    // Over, whether or not a worker has come by.
    expect(await read(id)).toMatchObject({ card: { cvcCollected: true }, cvcExpiresAt: null });
    await runWorkerRound(it.vault);
    expect(await openCode(it, id)).toBeUndefined();
  });

  test('holds none for a card without', async () => {
    const id = await make(it, { ...GOOD, cvc: undefined });
    expect(await read(id)).toMatchObject({ card: { cvcCollected: false }, cvcExpiresAt: null });
    expect(await openCode(it, id)).toBeUndefined();
  });

  test('makes one key an hour for all nodes, and no code outlives its own', async () => {
    it.time.now = NOON + 24 * HOUR - MINUTE;
    await runWorkerRound(it.vault);
    expect(await count('code_keys')).toBe(0);
    const before = await Promise.all([make(it), make(node), make(it), make(node)]);
    expect(await count('code_keys')).toBe(1);
    // The first node goes on with the key in its memory; one that has none begins the new hour.
    it.time.now += 2 * MINUTE;
    const kept = await make(it);
    node.vault.codeKeys.forget();
    const begun = await make(node);
    expect(await count('code_keys')).toBe(2);
    const ends = [kept, begun].map(async (id) => (await read(id)).cvcExpiresAt);
    expect(await Promise.all(ends)).toStrictEqual([
      new Date(NOON + 25 * HOUR).toISOString(),
      new Date(NOON + 25 * HOUR + MINUTE).toISOString(),
    ]);
    for (const id of [...before, kept, begun]) expect(await openCode(it, id)).toBe(GOOD.cvc);
    it.time.now = NOON + 25 * HOUR - 1;
    await runWorkerRound(it.vault);
    expect([await count('code_keys'), await openCode(it, kept)]).toStrictEqual([2, GOOD.cvc]);
    it.time.now += 1;
    await runWorkerRound(it.vault);
    expect([await count('code_keys'), await openCode(it, kept)]).toStrictEqual([1, undefined]);
    expect(await openCode(it, begun)).toBe(GOOD.cvc);
    it.time.now = NOON + 26 * HOUR;
    await runWorkerRound(it.vault);
    expect([await count('code_keys'), await count('security_codes')]).toStrictEqual([0, 0]);
  });

  test('stores nothing under a key whose row is gone, and makes another', async () => {
    await make();
    // What a crash of the database leaves of both tables, while this node still holds the key.
    await owner('TRUNCATE code_keys, security_codes');
    const [id, other] = [await make(), await make(node)];
    for (const each of [id, other]) expect(await openCode(it, each)).toBe(GOOD.cvc);
    await owner('TRUNCATE code_keys, security_codes');
    expect(await collectCode(it, { token: id, cvc: '321' })).toMatchObject({ ok: true });
    expect(await openCode(it, id)).toBe('321');
    expect(await count('code_keys')).toBe(1);
  });

  test('goes through a rotation of the KEK', async () => {
    const id = await make();
    await rotateKek(it.vault, silent);
    it.vault.codeKeys.forget();
    expect(await openCode(it, id)).toBe(GOOD.cvc);
    expect(await openCode(it, await make(node))).toBe(GOOD.cvc);
  }, 60_000);

  const ENDS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    'is deleted': (id) => ask(it, key, 'DELETE', `/v1/tokens/${id}`),
    'is erased with its customer': async (id) => {
      await customer(id, 'c-gone');
      return ask(it, key, 'DELETE', '/v1/customers/c-gone');
    },
    expires: async (id) => {
      const expiresAt = new Date(it.time.now + 1000).toISOString();
      await ask(it, key, 'PATCH', `/v1/tokens/${id}`, { body: { expiresAt } });
      it.time.now += 1000;
      await runWorkerRound(it.vault);
    },
    'goes by an act that nobody has thought of yet': (id) =>
      owner('DELETE FROM tokens WHERE token_id = $1', [id]),
  };
  test.each(Object.keys(ENDS))('ends with its token when that %s', async (end) => {
    const [id, other] = [await make(), await make()];
    expect(await openCode(it, id)).toBe(GOOD.cvc);
    await ENDS[end]?.(id);
    expect(await owner('SELECT FROM security_codes WHERE token_id = $1', [id])).toStrictEqual([]);
    expect(await openCode(it, other)).toBe(GOOD.cvc);
  });

  test('leaves none behind that is stored while its token is being deleted', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => make()));
    await Promise.all(
      ids.flatMap((token) => [
        collectCode(it, { token, cvc: '321' }),
        ask(it, key, 'DELETE', `/v1/tokens/${token}`),
        collectCode(node, { token, cvc: '456' }),
      ]),
    );
    const left = await owner('SELECT FROM security_codes WHERE token_id = ANY ($1)', [ids]);
    expect(left).toStrictEqual([]);
  });

  test('ends with its tenant', async () => {
    await make();
    await shredTenant(it.vault, it.merchant.tenant, silent);
    expect(await count('security_codes')).toBe(0);
  });
});
