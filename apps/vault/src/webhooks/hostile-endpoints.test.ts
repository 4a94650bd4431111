import { Event } from '@hushfield/contract/api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type Gateway, startGateway } from '../../test/gateway.ts';
import { type Receiver, startReceiver, status } from '../../test/receiver.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { endpointAt, happen, type Made, states } from '../../test/webhooks.ts';
import { createApiApp } from '../routes/api-app.ts';
import { Deliveries } from './run-deliveries.ts';

describe.each(ENGINES)('endpoints that mean harm on %s', (engine) => {
  let it: TestVault;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    it = await testVault({ engine, environment: { EGRESS_WEBHOOK_ORIGINS: receiver.origin } });
  }, 60_000);
  afterAll(async () => {
    await it.close();
    await receiver.close();
  });
  beforeEach(() => {
    it.time.now = NOON;
    receiver.told.length = 0;
    receiver.reply = status(204);
  });
  afterEach(async () => {
    await it.vault.sql.owner.query('DELETE FROM webhook_endpoints');
    await it.vault.sql.owner.query('DELETE FROM events');
  });

  const get = async (path: string) =>
    (await ask(it, it.merchant.secretKey, 'GET', `/v1/webhook_endpoints/${path}`)).body;

  test('attacks: a status that the log has no place for counts as a try all the same', async () => {
    const { id } = await endpointAt(it, receiver.origin, ['token.imported']);
    await happen(it);
    const webhookEgress = {
      ...it.vault.webhookEgress,
      send: () => Promise.resolve({ status: 1_000, headers: [], body: new Uint8Array() }),
    };
    await new Deliveries({ ...it.vault, webhookEgress }).drain();
    const rows = await it.vault.sql.owner.query(
      'SELECT lease, tries FROM webhook_deliveries WHERE endpoint_id = $1',
      [id],
    );
    expect(rows).toStrictEqual([{ lease: null, tries: 1 }]);
    const { data } = await get(`${id}/deliveries`);
    expect(data).toMatchObject([{ attempts: [{ status: null, reason: 'status' }] }]);
  });

  describe('by rolling a secret again and again', () => {
    const roll = ({ id }: Made) =>
      ask(it, it.merchant.secretKey, 'POST', `/v1/webhook_endpoints/${id}/roll_secret`, {
        body: { overlap: 604_800 },
      });
    const signatures = async () => {
      await happen(it);
      await new Deliveries(it.vault).drain();
      return receiver.told.map(({ headers }) =>
        String(headers['webhook-signature']).replace(/,\S+/g, ''),
      );
    };

    test('attacks: one after the other leaves two that are signed with, the newest two', async () => {
      const made = await endpointAt(it, receiver.origin, ['token.imported']);
      for (let round = 0; round < 4; round += 1) {
        it.time.now += 1_000;
        const before = await get(made.id);
        const { body } = await roll(made);
        const [fresh, old] = body['publicKeys'] as string[];
        expect(body['publicKeys']).toHaveLength(2);
        expect(before['publicKeys']).not.toContain(fresh);
        expect((before['publicKeys'] as string[])[0]).toBe(old);
      }
      expect(await signatures()).toStrictEqual(['v1 v1a v1 v1a']);
    });

    test('attacks: all at the same moment, too', async () => {
      const made = await endpointAt(it, receiver.origin, ['token.imported']);
      await Promise.all(Array.from({ length: 8 }, () => roll(made)));
      expect((await get(made.id))['publicKeys']).toHaveLength(2);
      expect(await signatures()).toStrictEqual(['v1 v1a v1 v1a']);
    });
  });

  test('attacks: whoever leads an endpoint elsewhere, rolls its secret or deletes it is seen by the others', async () => {
    const { id } = await endpointAt(it, `${receiver.origin}/moved`, ['token.imported']);
    await endpointAt(it, `${receiver.origin}/other`);
    const key = it.merchant.secretKey;
    const path = `/v1/webhook_endpoints/${id}`;
    await ask(it, key, 'PATCH', path, { body: { url: `${receiver.origin}/elsewhere` } });
    await ask(it, key, 'POST', `${path}/roll_secret`, { body: { overlap: 0 } });
    await ask(it, key, 'DELETE', path);
    await new Deliveries(it.vault).drain();
    const told = receiver.told.map(({ path: at, body }) => {
      const { type, data } = Event.parse(JSON.parse(body));
      return [at, type, data];
    });
    expect(
      told.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    ).toStrictEqual(
      ['deleted', 'secret_rolled', 'updated'].map((what) => [
        ...['/other', `webhook_endpoint.${what}`],
        { endpoint: id },
      ]),
    );
  });

  test('attacks: a tenant whose endpoints are all silent leaves room for another', async () => {
    const tenant = await otherTenant(it);
    const theirs = await keyOf(it, { tenant });
    for (let n = 0; n < 12; n += 1)
      await endpointAt(it, `${receiver.origin}/silent/${n}`, ['token.imported'], theirs);
    const quick = await endpointAt(it, `${receiver.origin}/quick`, ['token.imported']);
    receiver.reply = (told, response) => {
      if (told.path === '/quick') status(200)(told, response);
    };
    await happen(it, 30, theirs);
    it.time.now += 1_000;
    const worker = new Deliveries(it.vault);
    // Until their queue has taken all that it gets.
    while ((await worker.take()) > 0);
    await happen(it, 20);
    for (let round = 0; round < 100; round += 1) {
      await worker.take();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await states(it, quick.id)).toStrictEqual(Array(20).fill('delivered'));
    const silent = receiver.told.filter(({ path }) => path !== '/quick');
    expect(silent).toHaveLength(32);
    await worker.end(0);
  }, 30_000);
});

/** A gateway within is let through for destinations, which an administrator approves; any tenant makes endpoints. */
describe.each(ENGINES)('webhooks at what is let through for destinations, on %s', (engine) => {
  let it: TestVault;
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
    it = await testVault({ engine, environment: gateway.environment });
  }, 60_000);
  afterAll(async () => {
    await it.close();
    await gateway.close();
  });

  const within = () => `https://localhost:${gateway.port}/admin/users?delete=all`;

  test('attacks: no key makes an endpoint there, or leads one there', async () => {
    const key = await keyOf(it, { kind: 'rk', scopes: ['webhooks:manage'] });
    const make = (url: string) =>
      ask(it, key, 'POST', '/v1/webhook_endpoints', { body: { url, events: ['*'] } });
    expect((await make(within())).status).toBe(400);
    const made = await make('https://shop.example/hook');
    const path = `/v1/webhook_endpoints/${made.body.id}`;
    expect((await ask(it, key, 'PATCH', path, { body: { url: within() } })).status).toBe(400);
    await ask(it, key, 'DELETE', path);
  });

  test('attacks: one that was made before is sent nothing, and its log tells of no status', async () => {
    const api = createApiApp({ ...it.vault, webhookOrigins: [new URL(within()).origin] });
    const { id } = await endpointAt({ ...it, api }, within(), ['token.imported']);
    await api.close();
    await happen(it);
    await new Deliveries(it.vault).drain();
    expect(gateway.heard).toStrictEqual([]);
    const path = `/v1/webhook_endpoints/${id}/deliveries`;
    const { body } = await ask(it, it.merchant.secretKey, 'GET', path);
    expect(body['data']).toMatchObject([{ attempts: [{ status: null, reason: 'unreachable' }] }]);
  });

  test('attacks: what is let through for webhooks is no destination’s', async () => {
    const { EGRESS_ALLOWED_ORIGINS: origin = '', EGRESS_CA_FILE = '' } = gateway.environment;
    const environment = { EGRESS_WEBHOOK_ORIGINS: origin, EGRESS_CA_FILE };
    const other = await testVault({ engine, environment });
    const out = {
      ...{ url: new URL(origin), method: 'GET', headers: [], body: null },
      ...{ within: 5_000, maxBytes: 1_000 },
    };
    await expect(other.vault.egress.send(out)).rejects.toMatchObject({ reason: 'host_inside' });
    expect(gateway.heard).toStrictEqual([]);
    await expect(other.vault.webhookEgress.send(out)).resolves.toMatchObject({ status: 200 });
    gateway.heard.length = 0;
    await other.close();
  });
});
