import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type Receiver, startReceiver } from '../../test/receiver.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { endpointAt, happen } from '../../test/webhooks.ts';
import { rotateDataKey } from '../rotation/rotate-data-keys.ts';
import { shredTenant } from '../rotation/shred-tenant.ts';
import { Deliveries } from './run-deliveries.ts';

const URLS: readonly (readonly [what: string, url: string])[] = [
  ['plain http', 'http://shop.example/hook'],
  ['http of this machine that nobody has allowed', 'http://localhost:1/hook'],
  ['a user', 'https://user:secret@shop.example/'],
  ['a user alone', 'https://user@shop.example/'],
  ['a fragment', 'https://shop.example/#x'],
  ['a name of one label', 'https://intranet/hook'],
  ['localhost', 'https://localhost/hook'],
  ['a name below localhost', 'https://x.localhost/hook'],
  ['a dot at the end', 'https://shop.example./hook'],
  ['another scheme', 'file:///etc/passwd'],
  ['no host', 'https://'],
  ['port 0', 'https://shop.example:0/'],
  ['a text', 'hook'],
  ['a line break', 'https://shop.example/\nhook'],
];

describe.each(ENGINES)('webhook endpoints on %s', (engine) => {
  let it: TestVault;
  let receiver: Receiver;
  let key: string;
  beforeAll(async () => {
    receiver = await startReceiver();
    it = await testVault({ engine, environment: { EGRESS_WEBHOOK_ORIGINS: receiver.origin } });
    key = it.merchant.secretKey;
  }, 60_000);
  afterAll(async () => {
    await it.close();
    await receiver.close();
  });

  const make = (body: object, as = key) => ask(it, as, 'POST', '/v1/webhook_endpoints', { body });

  test.each(URLS)('attacks: takes no endpoint at %s', async (_what, url) => {
    const { status, body } = await make({ url, events: ['*'] });
    expect([status, body['code']]).toStrictEqual([400, 'invalid_request']);
  });

  test.each([
    ['no type', []],
    ['an unknown type', ['moon.landed']],
    ['all and one', ['*', 'token.created']],
  ])('takes no list of %s', async (_what, events) => {
    expect((await make({ url: 'https://shop.example/', events })).status).toBe(400);
  });

  test('attacks: answers alike for a host within and one that is nowhere', async () => {
    const answers = await Promise.all(
      ['https://169.254.169.254.nip.example/', 'https://nowhere.invalid/'].map(async (url) => {
        const { status, body } = await make({ url, events: ['token.created'] });
        const { id: _id, url: _url, secret: _secret, publicKeys: _keys, ...rest } = body;
        return [status, rest];
      }),
    );
    expect(answers[0]).toStrictEqual(answers[1]);
  });

  test('a kind of event that only a later version knows stands in no log, and does not spoil it', async () => {
    const { id } = await endpointAt(it, `${receiver.origin}/hook`, ['*']);
    const event = `evt_${'Z'.repeat(22)}`;
    await it.vault.sql.owner.query(
      `INSERT INTO events (tenant, event_id, mode, type, at, data) VALUES ($1, $2, 'test', 'token.flown', $3, '{}')`,
      [it.merchant.tenant, event, new Date(it.time.now)],
    );
    const queued = 'SELECT FROM webhook_deliveries WHERE event_id = $1 AND endpoint_id = $2';
    expect(await it.vault.sql.owner.query(queued, [event, id])).toHaveLength(1);
    const log = await ask(it, key, 'GET', `/v1/webhook_endpoints/${id}/deliveries`);
    expect(log.status).toBe(200);
    expect(log.raw.body).not.toContain(event);
    await it.vault.sql.owner.query('DELETE FROM events WHERE event_id = $1', [event]);
    await ask(it, key, 'DELETE', `/v1/webhook_endpoints/${id}`);
  });

  test('shows a secret once, and keeps it in no clear', async () => {
    const made = await endpointAt(it, `${receiver.origin}/hook`, ['key.created']);
    const shown = await ask(it, key, 'GET', `/v1/webhook_endpoints/${made.id}`);
    expect(shown.body).not.toHaveProperty('secret');
    expect(shown.body).toMatchObject({ publicKeys: made.publicKeys, status: 'enabled' });
    const list = await ask(it, key, 'GET', '/v1/webhook_endpoints');
    expect(list.raw.body).not.toContain('whsec_');
    const rows = await it.vault.sql.owner.query('SELECT envelope FROM webhook_secrets');
    const raw = Buffer.from(made.secret.slice('whsec_'.length), 'base64');
    for (const { envelope } of rows)
      expect(Buffer.from(envelope as Uint8Array).includes(raw)).toBe(false);
    expect(it.lines.join('')).not.toContain(made.secret);
  });

  test('asks for the scope of each route', async () => {
    const reader = await keyOf(it, { kind: 'rk', scopes: ['events:read'] });
    const manager = await keyOf(it, { kind: 'rk', scopes: ['webhooks:manage'] });
    const at = async (as: string, url: string) => (await ask(it, as, 'GET', url)).status;
    expect(await at(reader, '/v1/events')).toBe(200);
    expect(await at(reader, '/v1/webhook_endpoints')).toBe(403);
    expect(await at(manager, '/v1/webhook_endpoints')).toBe(200);
    expect(await at(manager, '/v1/events')).toBe(403);
  });

  test('lists events page by page, by type and from a time on', async () => {
    const ids = await happen(it, 5);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const url = `/v1/events?type=token.imported&limit=2${cursor && `&cursor=${cursor}`}`;
      const { body } = await ask(it, key, 'GET', url);
      seen.push(...(body['data'] as { id: string }[]).map(({ id }) => id));
      if (body.nextCursor === null) break;
      cursor = body.nextCursor;
    }
    expect(seen.toSorted()).toStrictEqual(ids.toSorted());
    const later = new Date(it.time.now + 1).toISOString();
    const { body } = await ask(it, key, 'GET', `/v1/events?since=${later}`);
    expect(body['data']).toStrictEqual([]);
  });

  test('goes on telling under a rotated data key, and nobody of a tenant that was shredded', async () => {
    await endpointAt(it, `${receiver.origin}/rotated`, ['token.imported']);
    const tenant = await otherTenant(it);
    const theirs = await keyOf(it, { tenant });
    const gone = await endpointAt(it, `${receiver.origin}/shredded`, ['token.imported'], theirs);
    await happen(it, 1, theirs);
    await rotateDataKey(it.vault, it.merchant.tenant, () => {});
    await shredTenant(it.vault, tenant, () => {});
    receiver.told.length = 0;
    await happen(it, 1);
    await new Deliveries(it.vault).drain();
    const paths = new Set(receiver.told.map(({ path }) => path));
    expect([paths.has('/rotated'), paths.has('/shredded')]).toStrictEqual([true, false]);
    for (const table of ['events', 'webhook_secrets', 'webhook_deliveries']) {
      const rows = await it.vault.sql.owner.query(`SELECT FROM ${table} WHERE tenant = $1`, [
        tenant,
      ]);
      expect([table, rows.length]).toStrictEqual([table, 0]);
    }
    expect((await ask(it, key, 'GET', `/v1/webhook_endpoints/${gone.id}`)).status).toBe(404);
  }, 60_000);
});
