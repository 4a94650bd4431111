import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type Forwarding, forwarding, SCOPES } from '../../test/forwarding.ts';
import { CREDENTIALS, recordOf } from '../../test/gateway.ts';
import { rotateDataKey } from '../rotation/rotate-data-keys.ts';

describe.each(ENGINES)('destinations on %s', { timeout: 60_000 }, (engine) => {
  let f: Forwarding;
  let token: string;
  beforeAll(async () => {
    f = await forwarding(engine);
    token = await f.card();
  }, 60_000);
  afterAll(() => f.close());

  const owner = (text: string, values: unknown[] = []) => f.it.vault.sql.owner.query(text, values);
  const manage = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', id = '', body?: object) =>
    ask(f.it, f.key, method, `/v1/destinations${id === '' ? '' : `/${id}`}`, { body });
  const send = (destination: string) =>
    f.forward({
      ...{ destination, path: '/v1/charges' },
      body: { card: { number: `{{ ${token}.number }}` } },
    });
  const told = async (id: string) => {
    const rows = await owner(
      `SELECT type FROM events WHERE data->>'destination' = $1 ORDER BY at, event_id`,
      [id],
    );
    return rows.map(({ type }) => String(type)).toSorted();
  };

  test('are shown without their credentials, and tell of what is done with them', async () => {
    const record = recordOf(f.gateway.port);
    const made = await manage('POST', '', { record, credentials: CREDENTIALS });
    const { id, createdAt, updatedAt, ...shown } = made.body;
    expect(shown).toStrictEqual({
      ...record,
      ...{ object: 'destination', mode: 'test', state: 'active' },
    });
    expect(createdAt).toBe(updatedAt);
    const answers = [
      made,
      await manage('GET', id),
      await manage('GET'),
      await manage('PATCH', id, { state: 'disabled' }),
      await manage('PATCH', id, { state: 'active' }),
      await manage('PATCH', id, { credentials: { ...CREDENTIALS, secretKey: 'gw_other' } }),
    ];
    expect(answers.map(({ status }) => status)).toStrictEqual([201, 200, 200, 200, 200, 200]);
    expect(answers[3]?.body['state']).toBe('disabled');
    for (const { raw } of answers) expect(raw.body).not.toMatch(/gw_|MerchantOne/);
    f.gateway.heard.length = 0;
    expect((await send(id)).status).toBe(200);
    expect(f.gateway.heard[0]?.headers.authorization).toBe('Bearer gw_other');
    expect((await manage('DELETE', id)).status).toBe(204);
    expect((await manage('GET', id)).status).toBe(404);
    expect(await told(id)).toStrictEqual([
      'destination.created',
      'destination.deleted',
      'destination.disabled',
      'destination.updated',
      'destination.updated',
    ]);
    const entries = await owner(
      'SELECT action, outcome FROM audit_entries WHERE resource = $1 ORDER BY action, outcome',
      [id],
    );
    expect(
      entries.map(({ action, outcome }) => `${String(action)} ${String(outcome)}`),
    ).toStrictEqual([
      'destination.create ok localhost',
      'destination.delete ok',
      'destination.update active',
      'destination.update credentials',
      'destination.update disabled',
    ]);
  });

  test('tell of card data that came back', async () => {
    f.gateway.answers((response, { body }) => response.end(body));
    expect((await send(f.destination)).body['scrubbed']).toBe(true);
    const rows = await owner("SELECT data FROM events WHERE type = 'echo.detected'");
    expect(rows).toStrictEqual([{ data: { destination: f.destination, token } }]);
  });

  test.each([
    ['with a credential missing', { credentials: { secretKey: 'x' } }],
    ['with a credential more', { credentials: { ...CREDENTIALS, other: 'x' } }],
    [
      'with a line end in a credential',
      { credentials: { ...CREDENTIALS, secretKey: 'a\r\nb: c' } },
    ],
    ['at an address', { record: { host: '10.0.0.1' } }],
    ['at an address in numbers', { record: { host: '2130706433' } }],
    ['at a host with a port', { record: { host: 'a.example:1' } }],
    ['at a host in capitals', { record: { host: 'A.example' } }],
    ['at a host with a user', { record: { host: 'a@b.example' } }],
    ['at a host that ends in a dot', { record: { host: 'a.example.' } }],
    ['with a path that has dots', { record: { paths: ['/v1/..'] } }],
    ['with a path that ends in a slash', { record: { paths: ['/v1/'] } }],
    ['with a path of all there is', { record: { paths: ['/*'] } }],
    ['with a star within a path', { record: { paths: ['/v1/*/refunds'] } }],
    ['with a star in a segment', { record: { paths: ['/v1/a*'] } }],
    ['with another name in braces', { record: { paths: ['/v1/{any}'] } }],
    ['with a path of nothing', { record: { paths: ['/'] } }],
    ['with no path', { record: { paths: [] } }],
    ['with a scheme', { record: { scheme: 'http' } }],
    ['that sets the host', { record: { headers: ['host'] } }],
    ['with a place that is none', { record: { fields: { number: ['card.number'] } } }],
    ['with a place in brackets', { record: { fields: { number: ['/card[number]'] } } }],
    ['with a part that is none', { record: { fields: { pan: ['/card/number'] } } }],
  ])(
    'attacks: are not approved %s',
    async (_name, { record = {}, credentials = CREDENTIALS }: Wrong) => {
      const body = { record: { ...recordOf(f.gateway.port), ...record }, credentials };
      expect((await manage('POST', '', body)).status).toBe(400);
    },
  );
  type Wrong = { readonly record?: object; readonly credentials?: object };

  test('attacks: cannot be turned elsewhere, neither over the API nor in the database', async () => {
    const id = await f.approve();
    expect((await manage('PATCH', id, { record: recordOf(1) })).status).toBe(400);
    expect((await manage('PATCH', id, { host: 'thief.example' })).status).toBe(400);
    expect((await manage('PATCH', id, { credentials: { secretKey: 'x' } })).status).toBe(400);
    const other = await f.approve();
    await owner(
      `UPDATE destinations SET envelope = (SELECT envelope FROM destinations WHERE destination_id = $2)
       WHERE destination_id = $1`,
      [id, other],
    );
    f.gateway.heard.length = 0;
    const answer = await send(id);
    expect([answer.status, answer.body['code']]).toStrictEqual([500, 'service_unavailable']);
    expect(f.gateway.heard).toHaveLength(0);
    expect(f.it.lines.join('')).toContain('a destination does not open where it lies');
    await owner('DELETE FROM destinations WHERE destination_id = $1', [id]);
  });

  test('are sealed again where their data key was retired and this node has not heard of it', async () => {
    const { keys } = f.it.vault;
    const stale = await keys.tenantKeys(f.it.merchant.tenant);
    const held = { ...stale, pan: { ...stale.pan, key: Uint8Array.from(stale.pan.key) } };
    await rotateDataKey(f.it.vault, f.it.merchant.tenant, () => {});
    const remembered = vi.spyOn(keys, 'tenantKeys').mockResolvedValueOnce(held);
    const made = await manage('POST', '', {
      ...{ record: recordOf(f.gateway.port), credentials: CREDENTIALS },
    });
    expect(remembered.mock.calls.length).toBeGreaterThan(1);
    expect(made.status).toBe(201);
    remembered.mockRestore();
    expect((await send(made.body.id)).status).toBe(200);
  });

  test('attacks: are of their tenant', async () => {
    const tenant = await otherTenant(f.it);
    const theirs = await keyOf(f.it, { tenant, scopes: [...SCOPES] });
    const { body } = await ask(f.it, theirs, 'GET', '/v1/destinations');
    expect(body['data']).toStrictEqual([]);
  });

  test('are a hundred at most, also where two are made at once; who is one too many is not asked again', async () => {
    const tenant = await otherTenant(f.it);
    const key = await keyOf(f.it, { tenant, scopes: [...SCOPES] });
    const create = () =>
      ask(f.it, key, 'POST', '/v1/destinations', {
        body: { record: recordOf(f.gateway.port), credentials: CREDENTIALS },
      });
    for (let n = 0; n < 98; n += 1) await create();
    const last = await Promise.all([create(), create(), create(), create()]);
    const statuses = last.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toStrictEqual([201, 201, 403, 403]);
    const { status, body } = await create();
    expect([status, body]).toMatchObject([403, { code: 'policy_denied', retryable: false }]);
  });
});
