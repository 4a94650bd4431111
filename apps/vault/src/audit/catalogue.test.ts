import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { API, type Route } from '@hushfield/contract/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestLog, testLog } from '../../test/audit-log.ts';
import { ask, keyOf } from '../../test/backend.ts';
import { lines } from '../../test/card-lines.ts';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { CREDENTIALS, type Gateway, recordOf, startGateway } from '../../test/gateway.ts';
import {
  collectCode,
  GOOD,
  post,
  sealedRequest,
  ticketFor,
  tokenize,
} from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { createLog } from '../app/log.ts';
import { COMMANDS } from '../cli/commands/index.ts';
import { run } from '../cli/run.ts';
import { SYSTEM_CLOCKS } from '../clock.ts';
import { ACTIONS, COMMAND_ACTS, ROUTE_ACTS } from './catalogue.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
type Things = {
  token: string;
  doomed: string;
  apiKey: string;
  oldKey: string;
  session: string;
  entry: string;
  origin: string;
  destination: string;
  otherDestination: string;
  port: number;
  endpoint: string;
  oldEndpoint: string;
  event: string;
};

/** How each route is asked to do what it is for; one without a row does not compile. */
const WAYS: Readonly<Record<keyof typeof API, (things: Things) => { url: string; body?: object }>> =
  {
    importToken: () => ({ url: '/v1/tokens', body: CARD }),
    getToken: ({ token }) => ({ url: `/v1/tokens/${token}` }),
    listTokens: () => ({ url: '/v1/tokens?customer=c-1' }),
    updateToken: ({ token }) => ({ url: `/v1/tokens/${token}`, body: { expiresAt: null } }),
    deleteToken: ({ doomed }) => ({ url: `/v1/tokens/${doomed}` }),
    revealToken: ({ token }) => ({
      url: `/v1/tokens/${token}/reveal`,
      body: { redaction: 'last4' },
    }),
    createGrant: ({ token, origin }) => ({
      url: '/v1/grants',
      body: { purpose: 'reveal', token, redaction: 'last4', origins: [origin] },
    }),
    eraseCustomer: () => ({ url: '/v1/customers/c-2' }),
    createApiKey: () => ({ url: '/v1/api_keys', body: { kind: 'secret', label: 'x' } }),
    listApiKeys: () => ({ url: '/v1/api_keys' }),
    getApiKey: ({ apiKey }) => ({ url: `/v1/api_keys/${apiKey}` }),
    rollApiKey: ({ apiKey }) => ({ url: `/v1/api_keys/${apiKey}/roll`, body: { overlap: 60 } }),
    revokeApiKey: ({ oldKey }) => ({ url: `/v1/api_keys/${oldKey}` }),
    createSession: ({ origin }) => ({ url: '/v1/sessions', body: { origins: [origin] } }),
    getSession: ({ session }) => ({ url: `/v1/sessions/${session}` }),
    listAuditEntries: () => ({ url: '/v1/audit' }),
    proveAuditEntry: ({ entry }) => ({ url: `/v1/audit/${entry}/proof` }),
    getAuditCheckpoint: () => ({ url: '/v1/audit/checkpoint' }),
    createDestination: ({ port }) => ({
      url: '/v1/destinations',
      body: { record: recordOf(port), credentials: CREDENTIALS },
    }),
    listDestinations: () => ({ url: '/v1/destinations' }),
    getDestination: ({ destination }) => ({ url: `/v1/destinations/${destination}` }),
    updateDestination: ({ destination }) => ({
      url: `/v1/destinations/${destination}`,
      body: { credentials: CREDENTIALS },
    }),
    deleteDestination: ({ otherDestination }) => ({ url: `/v1/destinations/${otherDestination}` }),
    forward: ({ destination, token }) => ({
      url: '/v1/forward',
      body: {
        ...{ destination, path: '/v1/charges' },
        body: { card: { number: `{{ ${token}.number }}` } },
      },
    }),
    createWebhookEndpoint: () => ({
      url: '/v1/webhook_endpoints',
      body: { url: 'https://shop.example/hook', events: ['*'] },
    }),
    listWebhookEndpoints: () => ({ url: '/v1/webhook_endpoints' }),
    getWebhookEndpoint: ({ endpoint }) => ({ url: `/v1/webhook_endpoints/${endpoint}` }),
    updateWebhookEndpoint: ({ endpoint }) => ({
      url: `/v1/webhook_endpoints/${endpoint}`,
      body: { description: 'x' },
    }),
    deleteWebhookEndpoint: ({ oldEndpoint }) => ({ url: `/v1/webhook_endpoints/${oldEndpoint}` }),
    rollWebhookSecret: ({ endpoint }) => ({
      url: `/v1/webhook_endpoints/${endpoint}/roll_secret`,
      body: { overlap: 60 },
    }),
    replayWebhookEvents: ({ endpoint, event }) => ({
      url: `/v1/webhook_endpoints/${endpoint}/replay`,
      body: { event },
    }),
    listWebhookDeliveries: ({ endpoint }) => ({
      url: `/v1/webhook_endpoints/${endpoint}/deliveries`,
    }),
    listEvents: () => ({ url: '/v1/events' }),
    getEvent: ({ event }) => ({ url: `/v1/events/${event}` }),
  };

describe('the entries that routes leave', () => {
  let it: TestVault;
  let key: string;
  let log: TestLog;
  let things: Things;
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
    it = await testVault({ environment: gateway.environment });
    key = await keyOf(it, {
      scopes: ['tokens:reveal', 'grants:write', 'forward', 'destinations:manage'],
    });
    const made = async (customer: string) =>
      (await ask(it, key, 'POST', '/v1/tokens', { body: { ...CARD, customer } })).body.id;
    const origin = it.config.shopOrigin;
    const endpoint = async () => {
      const body = { url: 'https://shop.example/hook', events: ['*'] };
      return (await ask(it, key, 'POST', '/v1/webhook_endpoints', { body })).body.id;
    };
    const session = await ask(it, key, 'POST', '/v1/sessions', { body: { origins: [origin] } });
    const approve = async () => {
      const body = { record: recordOf(gateway.port), credentials: CREDENTIALS };
      return (await ask(it, key, 'POST', '/v1/destinations', { body })).body.id;
    };
    things = {
      destination: await approve(),
      otherDestination: await approve(),
      port: gateway.port,
      token: await made('c-1'),
      doomed: await made('c-1'),
      apiKey: (await keyOf(it, {})).slice(8, 16),
      oldKey: (await keyOf(it, {})).slice(8, 16),
      session: session.body.id,
      entry: '',
      origin,
      endpoint: await endpoint(),
      oldEndpoint: await endpoint(),
      event: '',
    };
    await made('c-2');
    const { raw: events } = await ask(it, key, 'GET', '/v1/events');
    things.event = /evt_[0-9A-Za-z]{22}/.exec(events.body)?.[0] ?? '';
    log = await testLog(it.vault);
    await log.sequencer.round();
    const { raw } = await ask(it, key, 'GET', '/v1/audit');
    things.entry = /aud_[0-9A-Za-z]{22}/.exec(raw.body)?.[0] ?? '';
  }, 60_000);
  afterAll(async () => {
    await it.close();
    await gateway.close();
  });

  const count = async () => {
    const rows = await it.vault.sql.owner.query('SELECT action FROM audit_entries ORDER BY action');
    return rows.map(({ action }) => String(action));
  };
  const left = async (act: () => Promise<unknown>) => {
    const before = await count();
    await act();
    const after = await count();
    for (const action of before) after.splice(after.indexOf(action), 1);
    return after;
  };

  test.each(Object.entries(API) as [keyof typeof API, Route][])('%s', async (id, route) => {
    const { url, body } = WAYS[id](things);
    const entries = await left(async () => {
      const headers = { ...(route.keepsName ? { 'idempotency-key': id } : {}) };
      const { status } = await ask(it, key, route.method, url, { body, headers });
      expect(status).toBe(route.status);
    });
    expect(entries).toStrictEqual(ROUTE_ACTS[id]);
  });

  test('a code that is collected again, and a grant that is used', async () => {
    const again = () => collectCode(it, { token: things.token, cvc: '123' });
    expect(await left(again)).toStrictEqual(ROUTE_ACTS.collectCode);
    const [url, redaction] = ['/v1/grants', 'last4'] as const;
    const wish = { purpose: 'reveal', token: things.token, redaction, origins: [things.origin] };
    const { grant } = (await ask(it, key, 'POST', url, { body: wish })).body;
    const { body } = await sealedRequest(it, { card: { grant } });
    expect(await left(() => post(it, body))).toStrictEqual(ROUTE_ACTS.useGrant);
  });

  test('tokenize, also of a card that is refused, and burning a ticket', async () => {
    expect(await left(() => tokenize(it))).toStrictEqual(ROUTE_ACTS.tokenize);
    expect(
      await left(() => tokenize(it, { card: { ...GOOD, number: '4242424242424241' } })),
    ).toStrictEqual(ROUTE_ACTS.tokenize);
    const payload = {
      v: 1,
      ticket: await ticketFor(it),
      parentOrigin: it.config.shopOrigin,
      reason: 'focus_lost',
    };
    const burn = () =>
      it.api.inject({
        method: 'POST',
        url: '/v1/tickets/burn',
        headers: { origin: it.config.fieldsOrigin, 'content-type': 'application/json' },
        payload,
      });
    expect(await left(burn)).toStrictEqual(ROUTE_ACTS.burnTicket);
  });

  test('are shown of what was deleted, with a proof for each', async () => {
    it.time.now += 61_000;
    await log.sequencer.round();
    const { raw, body } = await ask(it, key, 'GET', `/v1/audit?resource=${things.doomed}`);
    expect(raw.statusCode).toBe(200);
    expect(raw.body).toContain('token.delete');
    const ids = [...raw.body.matchAll(/aud_[0-9A-Za-z]{22}/g)].map(([id]) => id);
    expect(ids).toHaveLength(Array.isArray(body['data']) ? body['data'].length : 0);
    for (const id of ids)
      expect((await ask(it, key, 'GET', `/v1/audit/${id}/proof`)).status).toBe(200);
  });

  test('attacks: a key that is used for what it may not is in the trail, once a minute', async () => {
    const narrow = await keyOf(it, { kind: 'rk', scopes: ['tokens:read'] });
    const tries = async () => {
      for (let round = 0; round < 3; round += 1) await ask(it, narrow, 'GET', '/v1/audit');
    };
    expect(await left(tries)).toStrictEqual(['key.refused']);
  });
});

test('every command is in the catalogue, and nothing else', () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(Object.keys(COMMAND_ACTS).toSorted()).toStrictEqual(names.toSorted());
});

test('every entry of the catalogue is left by something', () => {
  const byClock = [
    'token.expire',
    'key.exposed',
    'key.refused',
    'forward.refuse',
    'limits.trip',
    'webhook_endpoint.disable',
    'data_key.destroy',
    'pepper.destroy',
    'receive.create',
    'receive.destroy',
    'secret.destroy',
  ];
  const left = [...Object.values(ROUTE_ACTS), ...Object.values(COMMAND_ACTS)].flat();
  expect([...new Set([...left, ...byClock])].toSorted()).toStrictEqual(
    Object.keys(ACTIONS).toSorted(),
  );
});

/** One line for each command that works on a database; the rest have rows of their own below. */
const LINES: readonly (readonly [command: string, line: (made: Made) => string])[] = [
  ['tenant create', () => 'tenant create --name Shop'],
  ['tenant list', () => 'tenant list'],
  [
    'key create',
    ({ tenant }) => `key create --tenant ${tenant} --kind pk --origin https://shop.example`,
  ],
  ['key list', ({ tenant }) => `key list --tenant ${tenant}`],
  ['key roll', ({ keyId }) => `key roll --key ${keyId} --overlap 1h`],
  ['key revoke', ({ keyId }) => `key revoke --key ${keyId}`],
  [
    'origin prove',
    ({ tenant }) => `origin prove --tenant ${tenant} --origin https://shop.example --vouched`,
  ],
  [
    'import',
    ({ tenant, folder }) =>
      `import --tenant ${tenant} --file ${folder}/cards --out ${folder}/tokens`,
  ],
  [
    'destination add',
    ({ tenant, folder }) =>
      `destination add --tenant ${tenant} --file ${folder}/record.json --credentials ${folder}/credentials.json`,
  ],
  ['destination list', ({ tenant }) => `destination list --tenant ${tenant}`],
  ...['show', 'disable', 'enable', 'remove'].map(
    (word): readonly [string, (made: Made) => string] => [
      `destination ${word}`,
      ({ tenant, destination }) =>
        `destination ${word} --tenant ${tenant} --destination ${destination}`,
    ],
  ),
  ['webhook add', ({ tenant }) => `webhook add --tenant ${tenant} --url https://shop.example/hook`],
  ['webhook list', ({ tenant }) => `webhook list --tenant ${tenant}`],
  [
    'webhook roll',
    ({ tenant, endpoint }) => `webhook roll --tenant ${tenant} --endpoint ${endpoint}`,
  ],
  [
    'webhook replay',
    ({ tenant, endpoint }) =>
      `webhook replay --tenant ${tenant} --endpoint ${endpoint} --from 2026-01-01T00:00:00Z`,
  ],
  [
    'webhook remove',
    ({ tenant, endpoint }) => `webhook remove --tenant ${tenant} --endpoint ${endpoint}`,
  ],
  ['keys rotate', () => 'keys rotate --what ticket'],
  ['audit key', () => 'audit key'],
  ['audit show', () => 'audit show'],
  ['audit verify', () => 'audit verify'],
  ['audit export', ({ folder }) => `audit export --to ${folder}/log.jsonl`],
  ['doctor', () => 'doctor'],
  ['tenant shred', ({ tenant }) => `tenant shred --tenant ${tenant} --confirm ${tenant}`],
];
type Made = {
  tenant: string;
  keyId: string;
  folder: string;
  destination: string;
  endpoint: string;
};

describe.runIf(ENGINES.includes('postgres'))('the entries that commands leave', () => {
  let database: TestDatabase;
  const made: Made = {
    tenant: '',
    keyId: '',
    destination: '',
    endpoint: '',
    folder: mkdtempSync(join(tmpdir(), 'hushfield-acts-')),
  };
  beforeAll(async () => {
    database = await emptyDatabase('postgres');
    writeFileSync(join(made.folder, 'cards'), lines(0, 2));
    writeFileSync(join(made.folder, 'record.json'), JSON.stringify(recordOf(443)));
    writeFileSync(join(made.folder, 'credentials.json'), JSON.stringify(CREDENTIALS));
    await hushfield('migrate');
  }, 60_000);
  afterAll(async () => {
    await database.drop();
    rmSync(made.folder, { recursive: true, force: true });
  });

  const hushfield = async (line: string) => {
    const environment = {
      HUSHFIELD_DATA_DIR: join(made.folder, 'data'),
      DATABASE_URL: database.url,
    };
    const log = createLog('silent', () => {});
    const input = Readable.from([]);
    const desk = { environment, ...SYSTEM_CLOCKS, log, input, progress: () => {} };
    return run([...line.split(' '), '--json'], desk);
  };
  const all = async () =>
    (
      await database.sql.owner.query('SELECT entry_id, action FROM audit_entries ORDER BY action')
    ).map(({ entry_id, action }) => ({ id: String(entry_id), action: String(action) }));

  test('migrate', async () => {
    expect((await all()).map(({ action }) => action)).toStrictEqual(COMMAND_ACTS.migrate);
  });

  test.each(LINES)('%s', async (command, line) => {
    const before = new Set((await all()).map(({ id }) => id));
    const { out, err, exitCode } = await hushfield(line(made));
    expect({ err, ran: exitCode === 0 || command === 'doctor' }).toStrictEqual({
      err: '',
      ran: true,
    });
    const answer: { tenant?: string; keyId?: string; endpoint?: string; id?: string } =
      JSON.parse(out);
    if (command === 'destination add') made.destination = answer.id ?? '';
    made.tenant = answer.tenant ?? made.tenant;
    made.keyId = answer.keyId ?? made.keyId;
    made.endpoint = answer.endpoint ?? made.endpoint;
    const fresh = (await all()).filter(({ id }) => !before.has(id)).map(({ action }) => action);
    const due = command === 'keys rotate' ? ['ticket.rotate'] : COMMAND_ACTS[command];
    expect([...new Set(fresh)]).toStrictEqual(due);
  });
});
