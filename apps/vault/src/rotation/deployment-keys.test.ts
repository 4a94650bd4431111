import { ControllerBoot } from '@hushfield/contract/boot';
import { nodeEd25519, verifySession } from '@hushfield/crypto/session';
import { parseApiKey } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { receiveKey, ticketFor, tokenize } from '../../test/sealed-request.ts';
import { sessionFor } from '../../test/sessions.ts';
import type { TestVault } from '../../test/test-vault.ts';
import { backendOf, twoNodes } from '../../test/two-nodes.ts';
import { latestManifest } from '../worker/manifest-store.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { rotateKek } from './rotate-kek.ts';
import { rotatePepper } from './rotate-pepper.ts';
import { rotateSecret } from './rotate-secret.ts';

const silent = () => {};

async function controllerOf({ fields, merchant }: TestVault): Promise<string> {
  const url = `/f1/${merchant.publishableKey}/controller`;
  return (await fields.inject({ url, headers: { 'sec-fetch-dest': 'iframe' } })).body;
}

const bootOf = (html: string): unknown =>
  JSON.parse(/<script type="application\/json" id="boot">(.*)<\/script>/.exec(html)?.[1] ?? '');

/** Which of some keys a session was signed with. */
async function signerOf(text: string, keys: readonly string[]): Promise<number> {
  const read = keys.map((key) => verifySession(text, [Buffer.from(key, 'base64url')], nodeEd25519));
  return (await Promise.all(read)).findIndex((payload) => payload !== undefined);
}

describe.each(ENGINES)('rotations of the deployment’s keys on %s', (engine) => {
  let nodes: Awaited<ReturnType<typeof twoNodes>>;
  let it: TestVault;
  let node: TestVault;
  let key: string;
  let backend: ReturnType<typeof backendOf>;
  beforeAll(async () => {
    nodes = await twoNodes(engine);
    ({ it, node } = nodes);
    key = await keyOf(it, { scopes: ['tokens:write', 'tokens:reveal'] });
    backend = backendOf(it, key);
  }, 60_000);
  afterAll(() => nodes.close());

  const owner = (text: string, values: unknown[] = []) => it.vault.sql.owner.query(text, values);
  const make = (at = it) => backend.make(at);
  const reveal = (id: string, at = it) => backend.reveal(id, at);

  test.each(['ticket', 'manifest'] as const)(
    'of the %s key that was cut off before it was noted is ended by the next run, with its entry',
    async (name) => {
      const from = Math.floor(it.time.now / 1000) + (name === 'ticket' ? 600 : 0);
      await it.vault.keys.createSecret(name, from);
      expect(await rotateSecret(node.vault, name)).toBe(from);
      if (name === 'ticket') expect(await rotateSecret(it.vault, name)).toBe(from);
      const entries = await owner(
        'SELECT count(*)::int AS n FROM audit_entries WHERE action = $1 AND resource = $2',
        [`${name}.rotate`, String(from)],
      );
      expect(entries).toStrictEqual([{ n: 1 }]);
      const noted = await owner('SELECT used_from::int AS n FROM newest_secrets WHERE name = $1', [
        name,
      ]);
      expect(noted).toStrictEqual([{ n: from }]);
      it.time.now += 3_600_000;
    },
  );

  test('of the ticket key let every ticket live to its end, on every node', async () => {
    const minute = 60_000;
    await runWorkerRound(it.vault);
    const before = await ticketFor(it);
    await tokenize(node, { ticket: before });
    const from = await rotateSecret(it.vault, 'ticket');
    expect(await rotateSecret(it.vault, 'ticket')).toBe(from);
    // Not used yet: other nodes may not know of it.
    const old = Buffer.from(await it.vault.keys.secret('ticket'));
    it.time.now += 9 * minute;
    expect(Buffer.from(await node.vault.keys.secret('ticket')).equals(old)).toBe(true);
    const early = await ticketFor(it);
    it.time.now += 2 * minute;
    const late = await ticketFor(it);
    expect(Buffer.from(await it.vault.keys.secret('ticket')).equals(old)).toBe(false);
    for (const ticket of [early, late])
      for (const [attempt, at] of [it, node].entries())
        expect((await tokenize(at, { ticket, attempt: attempt + 1 })).ok).toBe(true);
    it.time.now += 29 * minute;
    await runWorkerRound(it.vault);
    expect((await it.vault.keys.secrets('ticket')).length).toBe(2);
    it.time.now += 15 * minute;
    await runWorkerRound(it.vault);
    expect((await it.vault.keys.secrets('ticket')).length).toBe(1);
    expect((await tokenize(node)).ok).toBe(true);
    // And a start that comes after finds all it needs.
    (await nodes.another()).vault.keys.close();
  });

  test('of the session key let every session live to its end, and every document know its key', async () => {
    const minute = 60_000;
    await runWorkerRound(it.vault);
    const hour = { expiresIn: 3_600 };
    const pays = async (session: string, at = it) => (await tokenize(at, { session })).ok;
    const from = await rotateSecret(it.vault, 'session');
    expect(await rotateSecret(it.vault, 'session')).toBe(from);
    // As long as a document that was not told of the new key may be in use.
    it.time.now += 39 * minute;
    const { sessionKeys } = ControllerBoot.parse(bootOf(await controllerOf(it)));
    const early = await sessionFor(it, hour);
    expect(sessionKeys).toHaveLength(2);
    it.time.now += minute;
    const late = await sessionFor(node, hour);
    const signers = await Promise.all([early, late].map((text) => signerOf(text, sessionKeys)));
    expect(signers).toStrictEqual([0, 1]);
    for (const session of [early, late]) {
      expect(await pays(session)).toBe(true);
      expect(await pays(session, node)).toBe(true);
    }
    it.time.now += 58 * minute;
    await runWorkerRound(it.vault);
    expect(await pays(early, node)).toBe(true);
    expect((await it.vault.keys.secrets('session')).length).toBe(2);
    it.time.now += 13 * minute;
    await runWorkerRound(it.vault);
    expect((await it.vault.keys.secrets('session')).length).toBe(1);
    expect(await pays(await sessionFor(node), it)).toBe(true);
  });

  test('of the manifest key are followed by frames at once', async () => {
    const list = async () => (await latestManifest(it.vault.sql.as('worker')))?.bundle.delegation;
    const before = await list();
    await rotateSecret(it.vault, 'manifest');
    await runWorkerRound(it.vault);
    expect(await list()).not.toBe(before);
    // What a frame does with it: verifies from the root down.
    await receiveKey(it);
    expect((await tokenize(it)).ok).toBe(true);
  });

  test('of the KEK wrap every key anew, destroy the one before, and go on after a cut', async () => {
    const { id } = await make();
    const pepper = Buffer.from(await it.vault.keys.secret('pepper')).toString('hex');
    const done = await rotateKek(it.vault, silent);
    expect(done.kek).toBe(2);
    expect(done.rewrapped).toBeGreaterThan(6);
    expect(await it.vault.keys.kek.numbers()).toStrictEqual([2]);
    // Cut off after the next KEK was made: the same one is used.
    await it.vault.keys.kek.create(3);
    expect((await rotateKek(it.vault, silent)).kek).toBe(3);
    const fresh = await nodes.another();
    expect(Buffer.from(await fresh.vault.keys.secret('pepper')).toString('hex')).toBe(pepper);
    expect((await reveal(id, fresh)).status).toBe(200);
    await fresh.api.close();
  });

  test('of the KEK has its entry before the one before is destroyed', async () => {
    const { keys, sql, now } = it.vault;
    const kek = {
      ...keys.kek,
      destroy: async () => {
        throw new Error('cut off');
      },
    };
    const cutOff = { keys: Object.assign(Object.create(keys), { kek }), sql, now };
    await expect(rotateKek(cutOff, silent)).rejects.toThrow('cut off');
    const target = Math.max(...(await keys.kek.numbers()));
    const entries = await owner(
      "SELECT FROM audit_entries WHERE action = 'kek.rotate' AND resource = $1",
      [String(target)],
    );
    expect(entries).toHaveLength(1);
    expect((await rotateKek(it.vault, silent)).kek).toBe(target);
  });

  test('of the pepper change each API key over as it is used, and name those that are not', async () => {
    const idle = parseApiKey(await keyOf(it, {}))?.keyId;
    const asked = await make();
    const answered = async () => (await ask(node, key, 'POST', '/v1/tokens', asked)).body.id;
    const { from } = await rotatePepper(it.vault);
    // A pepper that other nodes may not know of is used by none.
    expect(await answered()).toBe(asked.id);
    const fromOf = async (keyId: string | undefined) =>
      Number(
        (await owner('SELECT pepper_from FROM api_keys WHERE key_id = $1', [keyId]))[0]?.[
          'pepper_from'
        ],
      );
    const used = parseApiKey(key)?.keyId;
    expect(await fromOf(used)).toBe(0);
    it.time.now += 11 * 60_000;
    // What was asked under the pepper before is still known, and the key is another's hash now.
    expect(await answered()).toBe(asked.id);
    expect([await fromOf(used), await fromOf(idle)]).toStrictEqual([from, 0]);
    expect((await make(node)).id).not.toBe(asked.id);
    await ask(it, it.merchant.secretKey, 'GET', `/v1/tokens/${asked.id}`);
    it.time.now += 25 * 60 * 60_000;
    const held = await rotatePepper(it.vault);
    expect(held).toMatchObject({ from, destroyed: 0, waiting: expect.arrayContaining([idle]) });
    await owner('UPDATE api_keys SET revoked_at = now() WHERE key_id = ANY($1)', [held.waiting]);
    const both = await Promise.all([rotatePepper(it.vault), rotatePepper(node.vault)]);
    expect(both).toStrictEqual(
      expect.arrayContaining([
        { from, destroyed: 1, waiting: [] },
        { from, destroyed: 0, waiting: [] },
      ]),
    );
    node.vault.keys.sweep();
    expect((await reveal(asked.id, node)).status).toBe(200);
    expect((await it.vault.keys.secrets('pepper')).length).toBe(1);
  });

  test('of the pepper that was cut off before it was noted has its entry with the next run', async () => {
    const from = Math.floor(it.time.now / 1000) + 600;
    await it.vault.keys.createSecret('pepper', from);
    for (let run = 0; run < 2; run += 1) {
      expect(await rotatePepper(node.vault)).toMatchObject({ from, destroyed: 0 });
      const [row] = await owner(
        `SELECT (SELECT count(*)::int FROM audit_entries WHERE action = 'pepper.rotate' AND resource = $1) AS n,
           (SELECT used_from::int FROM newest_secrets WHERE name = 'pepper') AS newest`,
        [String(from)],
      );
      expect(row).toStrictEqual({ n: 1, newest: from });
    }
  });

  test('leave an entry each, that no tenant reads', async () => {
    const rows = await owner(
      "SELECT DISTINCT action FROM audit_entries WHERE tenant = $1 AND actor = 'operator' ORDER BY action",
      [`ten_${'0'.repeat(22)}`],
    );
    const rotated = ['kek', 'manifest', 'pepper', 'session', 'ticket'].map(
      (name) => `${name}.rotate`,
    );
    expect(rows.map((row) => row['action'])).toStrictEqual(
      [...rotated, 'pepper.destroy', 'tenant.create'].toSorted(),
    );
    // Nor does anybody who serves read any.
    for (const role of ['api', 'fields', 'worker', 'rotator'] as const) {
      const read = it.vault.sql.as(role, it.merchant.tenant).query('SELECT FROM audit_entries');
      await expect(read).rejects.toThrow('permission denied');
    }
  });
});
