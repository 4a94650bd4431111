import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type Receiver, startReceiver, status } from '../../test/receiver.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { endpointAt, happen } from '../../test/webhooks.ts';
import { Deliveries } from './run-deliveries.ts';

describe.each(ENGINES)('endpoints that mean harm on %s', (engine) => {
  let it: TestVault;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    it = await testVault({ engine, environment: { EGRESS_ALLOWED_ORIGINS: receiver.origin } });
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
    const egress = {
      ...it.vault.egress,
      send: () => Promise.resolve({ status: 1_000, headers: [], body: new Uint8Array() }),
    };
    await new Deliveries({ ...it.vault, egress }).drain();
    const rows = await it.vault.sql.owner.query(
      'SELECT lease, tries FROM webhook_deliveries WHERE endpoint_id = $1',
      [id],
    );
    expect(rows).toStrictEqual([{ lease: null, tries: 1 }]);
    const { data } = await get(`${id}/deliveries`);
    expect(data).toMatchObject([{ attempts: [{ status: null, reason: 'status' }] }]);
  });
});
