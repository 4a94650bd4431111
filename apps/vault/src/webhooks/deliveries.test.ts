import { Event } from '@hushfield/contract/api';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { latch } from '../../test/latch.ts';
import { type Receiver, startReceiver, status } from '../../test/receiver.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { endpointAt, happen, states } from '../../test/webhooks.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { Deliveries } from './run-deliveries.ts';
import { DELAYS_MS } from './schedule.ts';

const HOUR = 3_600_000;

describe.each(ENGINES)('deliveries on %s', (engine) => {
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

  const drain = () => new Deliveries(it.vault).drain();
  const look = async (id: string) =>
    (await ask(it, it.merchant.secretKey, 'GET', `/v1/webhook_endpoints/${id}`)).body;
  const log = async (id: string, query = '') => {
    const path = `/v1/webhook_endpoints/${id}/deliveries${query}`;
    return (await ask(it, it.merchant.secretKey, 'GET', path)).body['data'];
  };

  test('tells an endpoint of each act once, as the list of events has it, signed', async () => {
    const endpoint = await endpointAt(it, `${receiver.origin}/hook`);
    const ids = await happen(it, 30);
    await drain();
    expect(receiver.ids()).toStrictEqual(ids.toSorted());
    expect(receiver.told).toHaveLength(30);
    const [{ headers, body, id, path } = { headers: {}, body: '', id: '', path: '' }] =
      receiver.told;
    expect(path).toBe('/hook');
    expect(Event.parse(JSON.parse(body))).toMatchObject({ id, type: 'token.imported' });
    const shown = await ask(it, it.merchant.secretKey, 'GET', `/v1/events/${id}`);
    expect(shown.body).toStrictEqual(JSON.parse(body));
    expect(headers['webhook-signature']).toMatch(/^v1,\S{44} v1a,\S{88}$/);
    expect(headers).toMatchObject({ 'webhook-timestamp': String(NOON / 1_000) });
    expect(await states(it, endpoint.id)).toStrictEqual(Array(30).fill('delivered'));
    await drain();
    expect(receiver.told).toHaveLength(30);
  });

  test('tells only what an endpoint listens to, and all endpoints that do', async () => {
    await endpointAt(it, `${receiver.origin}/keys`, ['key.created']);
    await endpointAt(it, `${receiver.origin}/tokens`, ['token.imported', 'token.deleted']);
    await endpointAt(it, `${receiver.origin}/all`);
    await happen(it, 2);
    await drain();
    const paths = receiver.told.map(({ path }) => path).toSorted();
    expect(paths).toStrictEqual(['/all', '/all', '/tokens', '/tokens']);
  });

  test('tries again by the schedule, with the same body and id and a new time, until it gives up', async () => {
    const endpoint = await endpointAt(it, receiver.origin);
    await happen(it);
    receiver.reply = status(500);
    await drain();
    for (const delay of DELAYS_MS) {
      it.time.now += delay - 1;
      await drain();
      const before = receiver.told.length;
      it.time.now += delay / 10 + 5 * 60_000 + 1;
      await drain();
      expect(receiver.told).toHaveLength(before + 1);
    }
    expect(await states(it, endpoint.id)).toStrictEqual(['failed']);
    expect(receiver.told).toHaveLength(DELAYS_MS.length + 1);
    expect(receiver.ids()).toHaveLength(1);
    expect(new Set(receiver.told.map(({ body }) => body)).size).toBe(1);
    const times = receiver.told.map(({ headers }) => headers['webhook-timestamp']);
    expect(new Set(times).size).toBe(times.length);
    it.time.now += 100 * HOUR;
    await drain();
    expect(receiver.told).toHaveLength(DELAYS_MS.length + 1);
    expect(await log(endpoint.id)).toMatchObject([
      { state: 'failed', nextAttemptAt: null, attempts: Array(10).fill({ status: 500 }) },
    ]);
  });

  test.each([
    ['301', status(301, { location: 'http://127.0.0.1:1/' }), 'redirected'],
    ['404', status(404), 'status'],
    ['500', status(500), 'status'],
    [
      'a hanging up',
      (_told: unknown, response: { destroy(): void }) => response.destroy(),
      'connection_lost',
    ],
    [
      'a huge body',
      (_told: unknown, response: { end(text: string): void }) => response.end('x'.repeat(100_000)),
      'answer_too_large',
    ],
    ['attacks: 600', status(600), 'answer_malformed'],
    ['attacks: 999', status(999), 'answer_malformed'],
  ] as const)('takes %s for a failure, and says so in a word', async (_name, reply, reason) => {
    const endpoint = await endpointAt(it, receiver.origin);
    await happen(it);
    receiver.reply = reply;
    await drain();
    expect(await states(it, endpoint.id)).toStrictEqual(['pending']);
    expect(await log(endpoint.id)).toMatchObject([{ attempts: [{ reason }] }]);
    receiver.reply = status(200);
    it.time.now += 60_000;
    await drain();
    expect(await states(it, endpoint.id)).toStrictEqual(['delivered']);
    expect(await look(endpoint.id)).toMatchObject({ status: 'enabled', failingSince: null });
  });

  test('an endpoint that is gone is disabled at once, and the others are told', async () => {
    const gone = await endpointAt(it, `${receiver.origin}/gone`, ['token.imported']);
    await endpointAt(it, `${receiver.origin}/other`, ['webhook_endpoint.disabled']);
    receiver.reply = (told, response) => status(told.path === '/gone' ? 410 : 200)(told, response);
    await happen(it, 3);
    await drain();
    await drain();
    expect(await look(gone.id)).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
    const notices = receiver.told.filter(({ path }) => path === '/other');
    expect(notices.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'webhook_endpoint.disabled', data: { endpoint: gone.id, reason: 'gone' } },
    ]);
    const entries = await it.vault.sql.owner.query(
      "SELECT actor, outcome FROM audit_entries WHERE action = 'webhook_endpoint.disable' AND resource = $1",
      [gone.id],
    );
    expect(entries).toStrictEqual([{ actor: 'worker', outcome: 'gone' }]);
    const before = receiver.told.length;
    await happen(it, 3);
    it.time.now += 24 * HOUR;
    await drain();
    expect(receiver.told.slice(before).filter(({ path }) => path === '/gone')).toStrictEqual([]);
  });

  test('an endpoint that was led elsewhere is not disabled by its old place, and is told at the new one', async () => {
    const { id } = await endpointAt(it, `${receiver.origin}/old`, ['token.imported']);
    const asked = latch();
    const late = latch();
    receiver.reply = (told, response) => {
      if (told.path !== '/old') return status(204)(told, response);
      asked.open();
      void late.opened.then(() => status(410)(told, response));
    };
    await happen(it);
    const first = drain();
    await asked.opened;
    const body = { url: `${receiver.origin}/new` };
    await ask(it, it.merchant.secretKey, 'PATCH', `/v1/webhook_endpoints/${id}`, { body });
    late.open();
    await first;
    expect(await look(id)).toMatchObject({ status: 'enabled', disabledReason: null });
    it.time.now += HOUR;
    await drain();
    expect(receiver.told.map(({ path }) => path)).toStrictEqual(['/old', '/new']);
    expect(await states(it, id)).toStrictEqual(['delivered']);
  });

  test('an endpoint that nothing reaches for five days is disabled with notice, not one that recovers', async () => {
    const lost = await endpointAt(it, `${receiver.origin}/lost`, ['token.imported']);
    const back = await endpointAt(it, `${receiver.origin}/back`, ['token.imported']);
    let isDown = true;
    receiver.reply = ({ path, ...told }, response) =>
      status(path === '/lost' || isDown ? 503 : 200)({ path, ...told }, response);
    for (let hour = 0; hour < 119; hour += 1) {
      if (hour % 24 === 0) await happen(it);
      if (hour === 100) isDown = false;
      await drain();
      it.time.now += HOUR;
    }
    expect(await look(lost.id)).toMatchObject({ status: 'enabled' });
    it.time.now += 2 * HOUR;
    await happen(it);
    for (let more = 0; more < 12; more += 1) {
      await drain();
      it.time.now += 6 * 60_000;
    }
    expect(await look(lost.id)).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
    expect(await look(back.id)).toMatchObject({ status: 'enabled', failingSince: null });
    const told = await ask(
      it,
      it.merchant.secretKey,
      'GET',
      '/v1/events?type=webhook_endpoint.disabled',
    );
    expect(told.body['data']).toMatchObject([{ data: { endpoint: lost.id, reason: 'failing' } }]);
    expect(it.lines.join('')).toContain('webhook endpoint disabled');
  }, 120_000);

  test('waits for as long as an endpoint asks, up to a day', async () => {
    const endpoint = await endpointAt(it, receiver.origin);
    await happen(it);
    receiver.reply = status(429, { 'retry-after': '7200' });
    await drain();
    receiver.reply = status(200);
    it.time.now += 2 * HOUR - 1_000;
    await drain();
    expect(receiver.told).toHaveLength(1);
    it.time.now += 1_000;
    await drain();
    expect(await states(it, endpoint.id)).toStrictEqual(['delivered']);
  });

  test('many workers at once tell each event at least once, and here exactly once', async () => {
    await endpointAt(it, receiver.origin);
    const ids = await happen(it, 60);
    const workers = Array.from({ length: 5 }, () => new Deliveries(it.vault));
    await Promise.all(workers.map((worker) => worker.drain()));
    expect(receiver.ids()).toStrictEqual(ids.toSorted());
    expect(receiver.told).toHaveLength(60);
  }, 30_000);

  test('a silent endpoint holds up no other', async () => {
    await endpointAt(it, `${receiver.origin}/silent`);
    await endpointAt(it, `${receiver.origin}/quick`);
    receiver.reply = (told, response) => {
      if (told.path === '/quick') status(200)(told, response);
    };
    const ids = await happen(it, 100);
    const worker = new Deliveries(it.vault);
    const quick = () => receiver.told.filter(({ path }) => path === '/quick').length;
    for (let round = 0; round < 400 && quick() < ids.length; round += 1) {
      await worker.take();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(quick()).toBe(ids.length);
    await worker.end(0);
    // What was cut off is given back, and counts for no try.
    const [row] = await it.vault.sql.owner.query(
      "SELECT count(*)::int AS n FROM webhook_deliveries WHERE state = 'pending' AND tries = 0 AND lease IS NULL",
    );
    expect(row?.n).toBe(ids.length);
  }, 30_000);

  test('one that was disabled meanwhile is told nothing, and goes on when it is enabled', async () => {
    const { id } = await endpointAt(it, receiver.origin, ['token.imported']);
    await happen(it, 2);
    const patch = (body: object) =>
      ask(it, it.merchant.secretKey, 'PATCH', `/v1/webhook_endpoints/${id}`, { body });
    expect((await patch({ status: 'disabled' })).body).toMatchObject({ disabledReason: 'asked' });
    await happen(it, 2);
    await drain();
    expect(receiver.told).toHaveLength(0);
    await patch({ status: 'enabled' });
    await drain();
    expect(receiver.told).toHaveLength(2);
    const replayed = await ask(
      it,
      it.merchant.secretKey,
      'POST',
      `/v1/webhook_endpoints/${id}/replay`,
      {
        body: { from: new Date(NOON - 1).toISOString(), undelivered: true },
      },
    );
    expect(replayed.status).toBe(201);
    await drain();
    const imported = receiver.told.filter(({ body }) => body.includes('token.imported'));
    expect(imported).toHaveLength(4);
  });

  test('replays one event or a range, under the ids that they had', async () => {
    const { id } = await endpointAt(it, receiver.origin, ['token.imported']);
    const ids = await happen(it, 5);
    await drain();
    const replay = (body: object) =>
      ask(it, it.merchant.secretKey, 'POST', `/v1/webhook_endpoints/${id}/replay`, { body });
    expect((await replay({ event: ids[2] })).body).toMatchObject({ events: 1, complete: true });
    await drain();
    expect(receiver.told.filter((told) => told.id === ids[2])).toHaveLength(2);
    const from = new Date(NOON).toISOString();
    expect((await replay({ from, undelivered: true })).body).toMatchObject({ events: 0 });
    expect((await replay({ from })).body).toMatchObject({ events: 5, complete: true, next: null });
    await drain();
    expect(receiver.told).toHaveLength(11);
    expect(receiver.ids()).toStrictEqual(ids.toSorted());
    expect((await replay({ event: `evt_${'0'.repeat(22)}` })).status).toBe(404);
    expect((await replay({ from, to: new Date(0).toISOString() })).status).toBe(400);
  });

  test('replays more events of one moment than a request takes, each once, to an end', async () => {
    const { id } = await endpointAt(it, receiver.origin, ['token.imported']);
    const [{ tenant }, at] = [it.merchant, new Date(NOON)];
    await it.vault.sql.owner.query(
      `INSERT INTO events (tenant, event_id, mode, type, at, data)
       SELECT $1, 'evt_' || n, 'test', 'token.imported', $2, '{}' FROM generate_series(1, 10001) n`,
      [tenant, at],
    );
    await it.vault.sql.owner.query("UPDATE webhook_deliveries SET state = 'failed', done_at = $1", [
      at,
    ]);
    const replay = async (more: object) => {
      const path = `/v1/webhook_endpoints/${id}/replay`;
      const body = { from: at.toISOString(), to: at.toISOString(), ...more };
      return (await ask(it, it.merchant.secretKey, 'POST', path, { body })).body;
    };
    const taken: unknown[] = [];
    for (let more: object | undefined = {}; more !== undefined && taken.length < 9; ) {
      const { events, complete, next, after }: Record<string, unknown> = await replay(more);
      taken.push(events);
      more = complete ? undefined : { from: next, after };
    }
    expect(taken).toStrictEqual([5_000, 5_000, 1]);
    expect(new Set(await states(it, id))).toStrictEqual(new Set(['pending']));
  });

  test('signs with both secrets for the overlap, and then with the new one alone', async () => {
    const endpoint = await endpointAt(it, receiver.origin);
    const path = `/v1/webhook_endpoints/${endpoint.id}/roll_secret`;
    const { body } = await ask(it, it.merchant.secretKey, 'POST', path, {
      body: { overlap: 3_600 },
    });
    const [old, fresh] = [new Webhook(endpoint.secret), new Webhook(String(body['secret']))];
    const tell = async () => {
      receiver.told.length = 0;
      await happen(it);
      await drain();
      const [told] = receiver.told;
      if (told === undefined) throw new Error('nothing was told');
      return told;
    };
    const verifies = (hook: Webhook, { body: raw, headers }: Awaited<ReturnType<typeof tell>>) => {
      const now = Date.now;
      Date.now = () => it.time.now;
      try {
        hook.verify(raw, headers as Record<string, string>);
        return true;
      } catch {
        return false;
      } finally {
        Date.now = now;
      }
    };
    const both = await tell();
    expect([verifies(old, both), verifies(fresh, both)]).toStrictEqual([true, true]);
    it.time.now += 3_600_001;
    const later = await tell();
    expect([verifies(old, later), verifies(fresh, later)]).toStrictEqual([false, true]);
    await runWorkerRound(it.vault);
    expect((await look(endpoint.id))['publicKeys']).toHaveLength(1);
  });

  test('events are forgotten after thirty days, with their deliveries and tries', async () => {
    await endpointAt(it, receiver.origin);
    const ids = await happen(it, 3);
    await drain();
    it.time.now += 30 * 24 * HOUR + 1;
    await runWorkerRound(it.vault);
    const left = await Promise.all(
      ['events', 'webhook_deliveries', 'webhook_attempts'].map((table) =>
        it.vault.sql.owner.query(`SELECT FROM ${table} WHERE event_id = ANY ($1)`, [ids]),
      ),
    );
    expect(left).toStrictEqual([[], [], []]);
  });
});
