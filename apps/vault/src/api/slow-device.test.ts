import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { assemble } from '../assemble.ts';
import { directoryKek } from '../keys/kek/directory-kek.ts';
import { SecretCache } from '../keys/secret-cache.ts';
import { createApiApp } from '../routes/api-app.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
const PAGE = 'https://other.example';
/** More than the pool has connections. */
const MANY = 12;

describe.each(ENGINES)('a KEK that does not answer, on %s', (engine) => {
  let it: TestVault;
  let cold: string;
  let token: string;
  const named = { 'idempotency-key': 'named' };
  beforeAll(async () => {
    it = await testVault({ engine });
    const tenant = await otherTenant(it);
    cold = await keyOf(it, { tenant, scopes: ['tokens:reveal'] });
    await keyOf(it, { tenant, kind: 'pk', origins: [PAGE], proved: true });
    token = (await ask(it, cold, 'POST', '/v1/tokens', { body: CARD, headers: named })).body.id;
  }, 60_000);
  afterAll(() => it.close());

  /** A node that has used no key yet, and whose KEK waits once it is told to. */
  const coldNode = async () => {
    const inner = directoryKek(it.config.keyStoreDir);
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const asked: string[] = [];
    let waits = false;
    const unwrap: typeof inner.unwrap = async (label, wrapped) => {
      if (waits) asked.push(label);
      if (waits) await gate;
      return inner.unwrap(label, wrapped);
    };
    const { sql, log } = it.vault;
    const { steady } = it.vault;
    const parts = { sql, log, steady, now: () => it.time.now };
    const opener = { roles: ['api'], fills: false } as const;
    const vault = await assemble(it.config, parts, opener, { ...inner, unwrap });
    // What was unwrapped at the start is forgotten by now.
    it.time.now += SecretCache.LIFE_MS;
    const shut = () => {
      waits = true;
    };
    return { node: { ...it, vault, api: createApiApp(vault) }, shut, open, asked };
  };

  test.each([
    ['reveals', 200, () => `/v1/tokens/${token}/reveal`, { redaction: 'plain' }, {}],
    ['imports', 201, () => '/v1/tokens', CARD, {}],
    ['imports under a name', 201, () => '/v1/tokens', CARD, { 'idempotency-key': 'new' }],
    ['imports under a name that is known', 201, () => '/v1/tokens', CARD, named],
    ['makes sessions', 201, () => '/v1/sessions', { origins: [PAGE] }, {}],
  ])('holds nobody up but who %s', async (_name, status, url, body, headers) => {
    const { node, shut, open, asked } = await coldNode();
    const warm = () => ask(node, it.merchant.secretKey, 'GET', '/v1/api_keys');
    await warm();
    shut();
    const waiting = Promise.all(
      Array.from({ length: MANY }, () => ask(node, cold, 'POST', url(), { body, headers })),
    );
    while (asked.length === 0) await sleep(5);
    await sleep(100);
    const answer = await Promise.race([warm(), sleep(3_000, undefined)]);
    open();
    expect((await waiting).map((each) => each.status)).toStrictEqual(
      Array.from({ length: MANY }, () => status),
    );
    expect(answer?.status).toBe(200);
    await node.api.close();
    node.vault.keys.close();
  });
});
