import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { envelopeDataKeyId } from '@hushfield/crypto/envelope';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { tokenize } from '../../test/sealed-request.ts';
import type { TestVault } from '../../test/test-vault.ts';
import { backendOf, twoNodes } from '../../test/two-nodes.ts';
import { developmentMerchant } from '../dev/development-merchant.ts';
import { destroyRetired, KEPT_MS } from './destroy-keys.ts';
import { shredTenant } from './shred-tenant.ts';
import { rotateDataKey } from './rotate-data-keys.ts';

const DAY = 24 * 60 * 60 * 1000;
const silent = () => {};

describe.each(ENGINES)('rotations on %s', (engine) => {
  let it: TestVault;
  /** Another node of the same vault, with a memory of its own. */
  let node: TestVault;
  let key: string;
  let backend: ReturnType<typeof backendOf>;
  let tenant: string;
  let nodes: Awaited<ReturnType<typeof twoNodes>>;
  beforeAll(async () => {
    nodes = await twoNodes(engine);
    ({ it, node } = nodes);
    tenant = it.merchant.tenant;
    key = await keyOf(it, { scopes: ['tokens:write', 'tokens:read', 'tokens:reveal'] });
    backend = backendOf(it, key);
  }, 60_000);
  afterAll(() => nodes.close());

  const owner = (text: string, values: unknown[] = []) => it.vault.sql.owner.query(text, values);
  const rotate = (progress: (line: string) => void = silent) =>
    rotateDataKey(it.vault, tenant, progress);
  const make = (at = it) => backend.make(at);
  const reveal = (id: string, at = it) => backend.reveal(id, at);
  const tokenOn = async (at: TestVault) => {
    const reply = await tokenize(at);
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.token.id;
  };
  const underOthers = async (dataKey: string | undefined) => {
    const [row] = await owner(
      `SELECT (SELECT count(*) FROM cards WHERE tenant = $1 AND data_key_id <> $2)
         + (SELECT count(*) FROM idempotent_answers WHERE tenant = $1 AND data_key_id <> $2) AS n`,
      [tenant, dataKey],
    );
    return Number(row?.n);
  };

  test('of a data key seal all anew, answers too, and every card opens on every node', async () => {
    const before = await make();
    const shopped = await tokenOn(it);
    await reveal(before.id, node);
    const done = await rotate();
    expect(done).toMatchObject({ resealed: 3, unreadable: [] });
    expect(await underOthers(done?.dataKey)).toBe(0);
    for (const at of [it, node])
      for (const id of [before.id, shopped])
        expect((await reveal(id, at)).body['number']).toBe('4242424242424242');
    const replay = await ask(node, key, 'POST', '/v1/tokens', before);
    expect(replay.body.id).toBe(before.id);
  });

  test('let no node seal under a retired key, though it has it in memory', async () => {
    await make(node);
    const done = await rotate();
    // The node has heard nothing, and its memory is good for minutes.
    const ids = [(await make(node)).id, await tokenOn(node)];
    expect(await underOthers(done?.dataKey)).toBe(0);
    for (const id of ids) expect((await reveal(id)).status).toBe(200);
  });

  test('let no node make half an endpoint, or end a secret without another, under a retired key', async () => {
    const backendKey = it.merchant.secretKey;
    const at = '/v1/webhook_endpoints';
    const post = (url: string, body: object) => ask(node, backendKey, 'POST', url, { body });
    const endpoint = { url: 'https://shop.example/hook', events: ['*'] };
    const standing = () =>
      owner(
        `SELECT endpoint_id, secret_id, expires_at,
           (SELECT count(*) FROM audit_entries WHERE resource = endpoint_id) AS noted
         FROM webhook_endpoints LEFT JOIN webhook_secrets USING (tenant, endpoint_id)
         WHERE status <> 'deleted' ORDER BY secret_id`,
      );
    await make(node);
    await rotate();
    // The node has heard nothing: the first try is for nothing, and leaves nothing.
    const made = await post(at, endpoint);
    expect(made.status).toBe(201);
    const one = { endpoint_id: made.body.id, expires_at: null, noted: '1' };
    expect(
      (await standing()).map((row) => ({ ...row, noted: String(row['noted']) })),
    ).toStrictEqual([{ ...one, secret_id: expect.any(String) }]);
    // Nor does it learn of it now: whatever it tries is refused, and all stands as it was.
    const before = await standing();
    await rotate();
    const forget = vi.spyOn(node.vault.keys, 'forget').mockImplementation(() => {});
    expect((await post(at, endpoint)).status).toBe(503);
    expect((await post(`${at}/${made.body.id}/roll_secret`, { overlap: 0 })).status).toBe(503);
    expect(await standing()).toStrictEqual(before);
    forget.mockRestore();
  });

  test('lose and refuse nothing while cards come in', async () => {
    let running = true;
    const ids: string[] = [];
    const shoppers = [it, node].map(async (at) => {
      while (running) ids.push(await tokenOn(at), (await make(at)).id);
    });
    const done = [await rotate(), await rotate(), await rotate()];
    running = false;
    await Promise.all(shoppers);
    expect(new Set(done.map((each) => each?.dataKey)).size).toBe(3);
    expect(await underOthers(done[2]?.dataKey)).toBe(0);
    const opened = await Promise.all(ids.map(async (id) => (await reveal(id, node)).status));
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(opened)).toStrictEqual(new Set([200]));
  }, 60_000);

  test('go on where they were cut off, with the same key', async () => {
    for (let n = 0; n < 3; n++) await make();
    const cut = new Error('cut off');
    await expect(
      // The server's own housekeeping may be waited for before.
      rotate((line) => {
        if (!line.startsWith('waiting')) throw cut;
      }),
    ).rejects.toBe(cut);
    const [inUse] = await owner('SELECT data_key_id FROM data_keys WHERE retired_at IS NULL');
    expect(await underOthers(String(inUse?.['data_key_id']))).toBeGreaterThan(0);
    const done = await rotate();
    expect(done?.dataKey).toBe(inUse?.['data_key_id']);
    expect(await underOthers(done?.dataKey)).toBe(0);
  });

  test('take up a key that a killed process had made, wherever it was killed', async () => {
    const { tenants } = it.vault.keys;
    const next = () => tenants.dataKeys(tenant).length + 1;
    const drafted = await tenants.draftDataKey(tenant, next());
    // Meanwhile nobody seals under it: it is not in force.
    await make(node);
    expect((await rotate())?.dataKey).toBe(drafted);
    const number = next();
    const noted = await tenants.draftDataKey(tenant, number);
    await owner(`INSERT INTO data_keys VALUES ($1, $2, 'pan', now())`, [tenant, noted]);
    await make(node);
    expect((await rotate())?.dataKey).toBe(noted);
    const published = await tenants.draftDataKey(tenant, next());
    await owner(`INSERT INTO data_keys VALUES ($1, $2, 'pan', now())`, [tenant, published]);
    tenants.publishDraft(tenant, next(), published);
    await make(node);
    it.vault.keys.forget(tenant);
    await make(it);
    const done = await rotate();
    expect(done?.dataKey).toBe(published);
    expect(await underOthers(published)).toBe(0);
  });

  test('name what does not open, leave it, and are not held up by it for ever', async () => {
    const { id } = await make();
    await owner(
      'UPDATE cards SET envelope = set_byte(envelope, 90, get_byte(envelope, 90) # 1) WHERE token_id = $1',
      [id],
    );
    const first = await rotate();
    expect(first?.unreadable).toStrictEqual([id]);
    const second = await rotate();
    expect(second?.dataKey).not.toBe(first?.dataKey);
    expect(await destroyRetired(it.vault, tenant, 0)).toBeGreaterThan(0);
    // The key that the damaged card lies under stays.
    const [row] = await owner(
      `SELECT destroyed_at FROM data_keys JOIN cards USING (tenant, data_key_id) WHERE token_id = $1`,
      [id],
    );
    expect(row?.['destroyed_at']).toBeNull();
    await owner('DELETE FROM cards WHERE token_id = $1', [id]);
  });

  test('put a data key in force that a restored database has never heard of', async () => {
    const known = await rotate();
    const [row] = await owner(
      'DELETE FROM data_keys WHERE tenant = $1 AND data_key_id = $2 RETURNING data_key_id',
      [tenant, known?.dataKey],
    );
    expect(row).toBeDefined();
    await owner(
      `UPDATE data_keys SET retired_at = NULL, destroyed_at = NULL WHERE tenant = $1 AND data_key_id =
         (SELECT data_key_id FROM data_keys WHERE tenant = $1 ORDER BY created_at DESC LIMIT 1)`,
      [tenant],
    );
    await expect(tokenOn(it)).rejects.toThrow('503');
    expect(await rotate()).toMatchObject({ dataKey: known?.dataKey });
    expect((await reveal(await tokenOn(it))).status).toBe(200);
  });

  test('destroy a retired key after thirty days, and an old backup then stays shut and says so', async () => {
    const { id } = await make();
    const copies = ['tokens', 'cards'].map(async (table) => {
      await owner(`CREATE TABLE backup_${table} AS SELECT * FROM ${table} WHERE token_id = $1`, [
        id,
      ]);
      return async () => owner(`INSERT INTO ${table} SELECT * FROM backup_${table}`);
    });
    const restore = await Promise.all(copies);
    const remove = () => ask(it, key, 'DELETE', `/v1/tokens/${id}`);
    await remove();
    await rotate();
    it.time.now += KEPT_MS - DAY;
    const early = await destroyRetired(it.vault, tenant);
    for (const put of restore) await put();
    // Until then a backup is good.
    expect((await reveal(id)).status).toBe(200);
    await remove();
    it.time.now += DAY;
    expect(await destroyRetired(it.vault, tenant)).toBeGreaterThan(early);
    for (const put of restore) await put();
    const answer = await reveal(id);
    expect([answer.status, answer.body['code']]).toStrictEqual([500, 'service_unavailable']);
    expect(it.lines.slice(-3).join('')).toContain('its data key was destroyed');
    await remove();
  });

  test('shred a tenant at once, and no other', async () => {
    const other = await otherTenant(it);
    const othersKey = await keyOf(it, { tenant: other, scopes: ['tokens:reveal'] });
    const body = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
    const headers = { 'idempotency-key': 'theirs' };
    const theirs = await ask(it, othersKey, 'POST', '/v1/tokens', { body, headers });
    const mine = await make();
    const asked = () =>
      ask(it, othersKey, 'POST', `/v1/tokens/${theirs.body.id}/reveal`, {
        body: { redaction: 'plain' },
      });
    expect((await asked()).status).toBe(200);
    const backup = await owner('SELECT envelope FROM cards WHERE tenant = $1', [other]);
    const drafts = () =>
      readdirSync(join(it.config.keyStoreDir, 'tenants')).filter((name) => name.includes(other));
    await it.vault.keys.tenants.draftDataKey(other, 2);
    expect(drafts().some((name) => name.endsWith('.draft'))).toBe(true);
    await owner(
      `INSERT INTO sessions SELECT tenant, 'ses_1', 'test', '{}', NULL, '{}', 1, 'c-1', now(), now()
       FROM tenants`,
    );
    expect(await shredTenant(it.vault, other, silent)).toStrictEqual({ keys: 1, cards: 1 });
    expect((await asked()).status).toBe(401);
    expect(await owner('SELECT 1 FROM tokens WHERE tenant = $1', [other])).toStrictEqual([]);
    expect(await owner('SELECT tenant FROM sessions')).toStrictEqual([{ tenant }]);
    // Nor does a backup open, for whoever has the store as it is now.
    const id = envelopeDataKeyId(Uint8Array.from(Object(backup[0]?.['envelope'])));
    expect(await it.vault.keys.dataKey(other, id)).toBeUndefined();
    expect(it.vault.keys.tenants.isDestroyed(other, id)).toBe(true);
    expect(it.vault.keys.tenants.hasFingerprint(other)).toBe(false);
    expect(drafts().filter((name) => name.endsWith('.draft'))).toStrictEqual([]);
    expect(await shredTenant(it.vault, other, silent)).toStrictEqual({ keys: 0, cards: 0 });
    // Not by a key either that was made while it was shredded.
    const late = await keyOf(it, { tenant: other });
    expect((await ask(it, late, 'GET', '/v1/api_keys')).status).toBe(401);
    expect((await reveal(mine.id)).status).toBe(200);
    expect(await rotateDataKey(it.vault, other, silent)).toBeUndefined();
    // Nor where a backup of before brings its rows back.
    await owner('UPDATE data_keys SET retired_at = NULL, destroyed_at = NULL WHERE tenant = $1', [
      other,
    ]);
    expect(await rotateDataKey(it.vault, other, silent)).toBeUndefined();
  });

  test('say of the merchant of a sandbox that it was shredded, and how to get another', async () => {
    await shredTenant(it.vault, tenant, silent);
    const path = join(it.config.dataDir, 'development.json');
    await expect(developmentMerchant(it.vault, it.config)).rejects.toThrow(
      `The development merchant was shredded; remove ${path} to get a new one.`,
    );
    rmSync(path);
    expect((await developmentMerchant(it.vault, it.config)).tenant).not.toBe(tenant);
  });
});
