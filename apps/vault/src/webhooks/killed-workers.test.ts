import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES } from '../../test/engines.ts';
import { type Receiver, startReceiver, status } from '../../test/receiver.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { endpointAt, happen, states } from '../../test/webhooks.ts';
import type { Vault } from '../vault.ts';
import { Deliveries } from './run-deliveries.ts';

const KILLS = 36;
const LEASE_MS = 60_000;
const HOUR = 3_600_000;

/** The vault as a worker has it that is killed at a statement of its: neither that nor any later one is done. */
function killedAt(vault: Vault, statements: number, isBefore: boolean): Vault {
  let left = statements;
  const { sql } = vault;
  const as: typeof sql.as = (role, tenant) => ({
    async query(...statement) {
      left -= 1;
      if (left < 0 || (left === 0 && isBefore)) return new Promise<never>(() => {});
      const rows = await sql.as(role, tenant).query(...statement);
      // The database has done it, and whoever asked was gone before the answer.
      return left === 0 ? new Promise<never>(() => {}) : rows;
    },
  });
  return { ...vault, sql: { ...sql, as } };
}

describe.each(ENGINES)('workers that are killed on %s', (engine) => {
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

  test('lose no event, whichever statement they are killed at, and whoever works beside them', async () => {
    const { id } = await endpointAt(it, receiver.origin, ['token.imported']);
    const ids: string[] = [];
    it.time.now = NOON;
    for (let kill = 0; kill < KILLS; kill += 1) {
      ids.push(...(await happen(it, 2)));
      const doomed = new Deliveries(killedAt(it.vault, 1 + (kill % 6), kill % 2 === 0));
      const beside = new Deliveries(it.vault);
      void doomed.take();
      if (kill % 3 === 0) await beside.drain();
      await sleep(5);
      it.time.now += LEASE_MS + 1;
    }
    await sleep(50);
    it.time.now += LEASE_MS + 1;
    await new Deliveries(it.vault).drain();
    expect(receiver.ids()).toStrictEqual(ids.toSorted());
    expect(await states(it, id)).toStrictEqual(ids.map(() => 'delivered'));
  }, 120_000);

  test('a receiver that is down for a day is told of all that happened, each event at least once', async () => {
    receiver.told.length = 0;
    await it.vault.sql.owner.query('DELETE FROM webhook_endpoints');
    const { id } = await endpointAt(it, receiver.origin, ['token.imported']);
    const ids: string[] = [];
    const answers = [
      status(500),
      (_told: unknown, response: { destroy(): void }) => response.destroy(),
      status(429, { 'retry-after': '3600' }),
      status(302, { location: '/' }),
    ];
    for (let hour = 0; hour < 24; hour += 1) {
      receiver.reply = answers[hour % answers.length] ?? status(500);
      ids.push(...(await happen(it, 2)));
      await Promise.all([new Deliveries(it.vault).drain(), new Deliveries(it.vault).drain()]);
      it.time.now += HOUR;
    }
    receiver.told.length = 0;
    receiver.reply = status(204);
    for (let hour = 0; hour < 48; hour += 1) {
      await new Deliveries(it.vault).drain();
      it.time.now += HOUR;
    }
    expect(receiver.ids()).toStrictEqual(ids.toSorted());
    expect(await states(it, id)).toStrictEqual(ids.map(() => 'delivered'));
  }, 120_000);

  test('attacks: nothing of a card is in what is told, kept or logged of it', async () => {
    const tables = ['events', 'webhook_deliveries', 'webhook_attempts', 'webhook_endpoints'];
    const rows = await Promise.all(
      tables.map((table) => it.vault.sql.owner.query(`SELECT * FROM ${table}`)),
    );
    const all = JSON.stringify([rows, receiver.told, it.lines]);
    expect(all).not.toMatch(/4242|\b(?:\d[ -]?){13,19}\b.*visa|fp1_/);
    const secrets = await it.vault.sql.owner.query('SELECT envelope FROM webhook_secrets');
    expect(JSON.stringify(secrets)).not.toContain('whsec_');
    expect(all).not.toContain('whsec_');
  });
});
