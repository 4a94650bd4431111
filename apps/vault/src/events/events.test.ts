import { EVENT_TYPES, EVENTS } from '@hushfield/contract/api';
import * as z from 'zod';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { tokenize } from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { ACTIONS, type Action } from '../audit/catalogue.ts';
import { DEPLOYMENT, insertAudit } from '../audit/insert-audit.ts';
import { emitEvent } from './emit-event.ts';
import { EVENT_OF } from './event-of.ts';

const EventRow = z.object({
  event_id: z.string(),
  type: z.string(),
  mode: z.string(),
  at: z.date(),
  data: z.record(z.string(), z.unknown()),
});
/** What entries of an action name, where that is not a token. */
const RESOURCES: Readonly<Record<string, string>> = {
  token: `tok_test_${'A'.repeat(28)}`,
  webhook_endpoint: `whe_${'A'.repeat(22)}`,
  key: 'AAAAAAAA',
  limits: 'AAAAAAAA',
};
const OUTCOMES: Readonly<Record<string, string>> = {
  'token.reveal': 'masked',
  'webhook_endpoint.disable': 'failing',
};

test('every type of event is of some act', () => {
  const told = Object.values(EVENT_OF).filter((type) => type !== null && type !== 'emitted');
  const byHand = EVENT_TYPES.filter((type) => /^(?:destination|echo|audit)\./.test(type));
  expect([...new Set<string>([...told, ...byHand])].toSorted()).toStrictEqual(
    EVENT_TYPES.toSorted(),
  );
});

describe.each(ENGINES)('events on %s', (engine) => {
  let it: TestVault;
  let key: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    key = await keyOf(it, { scopes: ['tokens:reveal'] });
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(async () => {
    await it.vault.sql.owner.query('DELETE FROM events');
  });

  const events = async () => {
    const rows = await it.vault.sql.owner.query('SELECT * FROM events ORDER BY at, event_id');
    return rows.map((row) => EventRow.parse(row));
  };
  const { parse } = JSON;
  const wire = (row: z.infer<typeof EventRow>) =>
    parse(
      JSON.stringify({
        id: row.event_id,
        object: 'event',
        type: row.type,
        mode: row.mode,
        timestamp: row.at.toISOString(),
        data: row.data,
      }),
    );
  const listening = (tenant: string, types = ['*']) =>
    it.vault.sql.owner.query(
      `INSERT INTO webhook_endpoints (tenant, endpoint_id, mode, url, types, created_at, changed_at)
       VALUES ($1, $2, 'test', 'https://shop.example/hook', $3, now(), now())`,
      [tenant, `whe_${'B'.repeat(22)}`, types],
    );

  test.each(Object.keys(ACTIONS) as Action[])(
    '%s writes the event that the table says, and as its schema has it',
    async (action) => {
      const resource = RESOURCES[action.split('.')[0] ?? ''] ?? 'some-thing';
      const { tenant } = it.merchant;
      const act = { tenant, at: new Date(NOON), actor: 'key:AAAAAAAA', requestId: null };
      const outcome = OUTCOMES[action] ?? 'ok';
      await insertAudit(it.vault.sql.as('worker'), { ...act, action, resource, outcome });
      const told = EVENT_OF[action];
      const found = await events();
      expect(found.map(({ type }) => type)).toStrictEqual(
        told === null || told === 'emitted' ? [] : [told],
      );
      for (const row of found)
        expect(EVENTS[row.type as keyof typeof EVENTS].parse(wire(row))).toMatchObject({
          mode: 'test',
        });
    },
  );

  test('an event has the letters of its entry, and a refused act has none', async () => {
    await tokenize(it);
    await ask(it, key, 'POST', '/v1/tokens', {
      body: { number: '4242424242424242', expMonth: 12, expYear: 2030 },
    });
    await tokenize(it, { card: { number: '4242424242424241', expMonth: 12, expYear: 2030 } });
    const found = await events();
    expect(found.map(({ type }) => type).toSorted()).toStrictEqual([
      'token.created',
      'token.imported',
    ]);
    const entries = await it.vault.sql.owner.query(
      `SELECT 'evt_' || substr(entry_id, 5) AS id FROM audit_entries
       WHERE action LIKE 'token.%' AND resource <> '' AND request_id IS NOT NULL`,
    );
    expect(found.map(({ event_id }) => event_id).toSorted()).toStrictEqual(
      entries.map(({ id }) => String(id)).toSorted(),
    );
  });

  test('an act that is rolled back is told to nobody', async () => {
    const { tenant } = it.merchant;
    const act = { tenant, at: new Date(NOON), actor: 'operator', requestId: null } as const;
    const work = it.vault.sql.transaction({ role: 'api', tenant }, async (sql) => {
      await insertAudit(sql, { ...act, action: 'key.create', resource: 'AAAAAAAA', outcome: 'ok' });
      throw new Error('undone');
    });
    await expect(work).rejects.toThrow('undone');
    expect(await events()).toStrictEqual([]);
  });

  test('what concerns no tenant is told to those who listen, and to nobody else', async () => {
    const act = { tenant: DEPLOYMENT, at: new Date(NOON), actor: 'operator', requestId: null };
    const note = () =>
      insertAudit(it.vault.sql.as('worker'), {
        ...act,
        action: 'kek.rotate',
        resource: '2',
        outcome: 'ok',
      });
    const checkpoint = (size: number) =>
      it.vault.sql
        .as('sequencer')
        .query("INSERT INTO audit_checkpoints VALUES ($1, 'note', now())", [size]);
    await note();
    await checkpoint(1_000_001);
    expect(await events()).toStrictEqual([]);
    await listening(it.merchant.tenant, ['encryption_key.rotated', 'audit.checkpointed']);
    await note();
    await checkpoint(1_000_002);
    const found = await events();
    expect(found.map(({ type }) => type).toSorted()).toStrictEqual([
      'audit.checkpointed',
      'encryption_key.rotated',
    ]);
    for (const row of found)
      expect(EVENTS[row.type as keyof typeof EVENTS].safeParse(wire(row)).success).toBe(true);
    await it.vault.sql.owner.query('DELETE FROM webhook_endpoints');
  });

  test('a kind that only a later version knows stands in no list of this one, and does not spoil it', async () => {
    const key = await keyOf(it, { scopes: ['events:read', 'tokens:write'] });
    const body = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
    expect((await ask(it, key, 'POST', '/v1/tokens', { body })).status).toBe(201);
    const id = `evt_${'Z'.repeat(22)}`;
    await it.vault.sql.owner.query(
      `INSERT INTO events (tenant, event_id, mode, type, at, data) VALUES ($1, $2, 'test', 'token.flown', $3, '{}')`,
      [it.merchant.tenant, id, new Date(NOON)],
    );
    const { status, body: list } = await ask(it, key, 'GET', '/v1/events');
    expect(status).toBe(200);
    expect(JSON.stringify(list)).toContain('token.imported');
    expect(JSON.stringify(list)).not.toContain(id);
    expect((await ask(it, key, 'GET', `/v1/events/${id}`)).status).toBe(404);
    await it.vault.sql.owner.query('DELETE FROM events WHERE event_id = $1', [id]);
  });

  test('emitEvent writes one as its schema has it, and its mistakes take the act with them', async () => {
    const { tenant } = it.merchant;
    const destination = `dst_${'A'.repeat(22)}`;
    const event = { tenant, mode: 'test', at: new Date(NOON) } as const;
    const id = await emitEvent(it.vault.sql.as('api', tenant), {
      ...event,
      type: 'destination.created',
      data: { destination },
    });
    expect(await events()).toMatchObject([
      { event_id: id, type: 'destination.created', data: { destination } },
    ]);
    const bad = { ...event, type: 'destination.created', data: { destination: '4242' } } as const;
    await expect(emitEvent(it.vault.sql.as('api', tenant), bad)).rejects.toThrow(/destination/);
    const theirs = { ...event, tenant: `ten_${'T'.repeat(22)}` };
    const forged = emitEvent(it.vault.sql.as('api', tenant), {
      ...theirs,
      type: 'destination.deleted',
      data: { destination },
    });
    await expect(forged).rejects.toThrow('row-level security');
  });
});

test('a publishable key that is used too much is told of once, while its price is raised', async () => {
  const it = await testVault({ environment: { LIMIT_TOKENIZE_PER_KEY: '2/h' } });
  for (let card = 0; card < 8; card += 1) await tokenize(it).catch(() => {});
  const rows = await it.vault.sql.owner.query(
    "SELECT type, data FROM events WHERE type = 'limits.tripped'",
  );
  const key = it.merchant.publishableKey.slice(8, 16);
  expect(rows).toStrictEqual([{ type: 'limits.tripped', data: { key, limit: 'tokenize/key' } }]);
  await it.close();
}, 60_000);
