import { API, type Route } from '@hushfield/contract/api';
import { newId, newTokenId } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testLog } from '../../test/audit-log.ts';
import { ask, keyOf, otherTenant } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { CREDENTIALS, recordOf } from '../../test/gateway.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
type Way = {
  /** The same request for somebody's id and for one that nobody has. */
  readonly of: (theirs: Theirs) => { url: string; body?: object };
};
type Theirs = {
  token: string;
  customer: string;
  apiKey: string;
  fingerprint: string;
  session: string;
  origin: string;
  entry: string;
  destination: string;
  endpoint: string;
  event: string;
};

/** How each route would reach a thing of another's; a route without a row does not compile. */
const WAYS: Readonly<Record<keyof typeof API, Way | 'names nothing of anybody'>> = {
  importToken: 'names nothing of anybody',
  createApiKey: 'names nothing of anybody',
  listApiKeys: 'names nothing of anybody',
  getToken: { of: ({ token }) => ({ url: `/v1/tokens/${token}` }) },
  updateToken: { of: ({ token }) => ({ url: `/v1/tokens/${token}`, body: { expiresAt: null } }) },
  deleteToken: { of: ({ token }) => ({ url: `/v1/tokens/${token}` }) },
  revealToken: {
    of: ({ token }) => ({ url: `/v1/tokens/${token}/reveal`, body: { redaction: 'plain' } }),
  },
  createGrant: {
    of: ({ token }) => ({
      url: '/v1/grants',
      body: { purpose: 'reveal', token, redaction: 'plain', origins: ['https://shop.example'] },
    }),
  },
  listTokens: { of: ({ fingerprint }) => ({ url: `/v1/tokens?fingerprint=${fingerprint}` }) },
  eraseCustomer: { of: ({ customer }) => ({ url: `/v1/customers/${customer}` }) },
  getApiKey: { of: ({ apiKey }) => ({ url: `/v1/api_keys/${apiKey}` }) },
  rollApiKey: {
    of: ({ apiKey }) => ({ url: `/v1/api_keys/${apiKey}/roll`, body: { overlap: 0 } }),
  },
  revokeApiKey: { of: ({ apiKey }) => ({ url: `/v1/api_keys/${apiKey}` }) },
  createSession: { of: ({ origin }) => ({ url: '/v1/sessions', body: { origins: [origin] } }) },
  listAuditEntries: { of: ({ token }) => ({ url: `/v1/audit?resource=${token}` }) },
  proveAuditEntry: { of: ({ entry }) => ({ url: `/v1/audit/${entry}/proof` }) },
  getAuditCheckpoint: 'names nothing of anybody',
  createDestination: 'names nothing of anybody',
  listDestinations: 'names nothing of anybody',
  getDestination: { of: ({ destination }) => ({ url: `/v1/destinations/${destination}` }) },
  updateDestination: {
    of: ({ destination }) => ({
      url: `/v1/destinations/${destination}`,
      body: { state: 'disabled' },
    }),
  },
  deleteDestination: { of: ({ destination }) => ({ url: `/v1/destinations/${destination}` }) },
  forward: {
    of: ({ destination, token }) => ({
      url: '/v1/forward',
      body: {
        destination,
        path: '/v1/charges',
        body: { card: { number: `{{ ${token}.number }}` } },
      },
    }),
  },
  createWebhookEndpoint: 'names nothing of anybody',
  listWebhookEndpoints: 'names nothing of anybody',
  getWebhookEndpoint: { of: ({ endpoint }) => ({ url: `/v1/webhook_endpoints/${endpoint}` }) },
  updateWebhookEndpoint: {
    of: ({ endpoint }) => ({
      url: `/v1/webhook_endpoints/${endpoint}`,
      body: { url: 'https://thief.example/hook' },
    }),
  },
  deleteWebhookEndpoint: { of: ({ endpoint }) => ({ url: `/v1/webhook_endpoints/${endpoint}` }) },
  rollWebhookSecret: {
    of: ({ endpoint }) => ({
      url: `/v1/webhook_endpoints/${endpoint}/roll_secret`,
      body: { overlap: 0 },
    }),
  },
  replayWebhookEvents: {
    of: ({ endpoint, event }) => ({
      url: `/v1/webhook_endpoints/${endpoint}/replay`,
      body: { event },
    }),
  },
  listWebhookDeliveries: {
    of: ({ endpoint, event }) => ({
      url: `/v1/webhook_endpoints/${endpoint}/deliveries?event=${event}`,
    }),
  },
  listEvents: 'names nothing of anybody',
  getEvent: { of: ({ event }) => ({ url: `/v1/events/${event}` }) },
  getSession: { of: ({ session }) => ({ url: `/v1/sessions/${session}` }) },
};

/** Of a route that cannot do without. */
const named = ({ keepsName }: Route): Record<string, string> =>
  keepsName ? { 'idempotency-key': newId('name') } : {};

/** Routes that show what they name, and what of it. */
const SHOWN = [
  ['getToken', 'token'],
  ['listTokens', 'token'],
  ['revealToken', 'token'],
  ['getApiKey', 'apiKey'],
  ['createSession', 'origin'],
  ['getSession', 'session'],
  ['listAuditEntries', 'token'],
  ['proveAuditEntry', 'entry'],
  ['getDestination', 'destination'],
  ['getWebhookEndpoint', 'endpoint'],
  ['listWebhookDeliveries', 'event'],
  ['getEvent', 'event'],
] as const;

const NOBODYS = (): Theirs => ({
  token: newTokenId('test'),
  customer: 'c-2',
  apiKey: 'AAAAAAAA',
  fingerprint: `fp1_${'a'.repeat(26)}`,
  session: newId('ses'),
  origin: 'https://nobody.example',
  entry: newId('aud'),
  destination: newId('dst'),
  endpoint: newId('whe'),
  event: newId('evt'),
});

describe.each(ENGINES)('tenants of the API on %s', (engine) => {
  let it: TestVault;
  let theirs: Theirs;
  let thief: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    const owner = it.merchant.secretKey;
    const hook = { url: 'https://shop.example/hook', events: ['*'] };
    const { body: endpoint } = await ask(it, owner, 'POST', '/v1/webhook_endpoints', {
      body: hook,
    });
    const body = { ...CARD, customer: 'c-1' };
    const { body: token } = await ask(it, owner, 'POST', '/v1/tokens', { body });
    const origin = it.config.shopOrigin;
    const wish = { body: { origins: [origin] } };
    const { body: session } = await ask(it, owner, 'POST', '/v1/sessions', wish);
    await (await testLog(it.vault)).sequencer.round();
    const { raw: log } = await ask(it, owner, 'GET', `/v1/audit?resource=${token.id}`);
    const [entry = ''] = /aud_[0-9A-Za-z]{22}/.exec(log.body) ?? [];
    const manager = await keyOf(it, { scopes: ['destinations:manage'] });
    const approved = { record: recordOf(443), credentials: CREDENTIALS };
    const made = await ask(it, manager, 'POST', '/v1/destinations', { body: approved });
    const { raw: events } = await ask(it, owner, 'GET', '/v1/events?type=token.imported');
    const [event = ''] = /evt_[0-9A-Za-z]{22}/.exec(events.body) ?? [];
    theirs = {
      destination: made.body.id,
      token: token.id,
      customer: 'c-1',
      apiKey: owner.slice(8, 16),
      fingerprint: token.fingerprint,
      session: session.id,
      origin,
      entry,
      endpoint: endpoint.id,
      event,
    };
    const tenant = await otherTenant(it);
    thief = await keyOf(it, {
      tenant,
      scopes: ['tokens:reveal', 'grants:write', 'forward', 'destinations:manage'],
    });
  }, 60_000);
  afterAll(() => it.close());

  /** What a thief sees, but for what differs between any two answers; an echo of the question too. */
  const seen = async (route: Route, way: Way, whose: Theirs) => {
    const { url, body } = way.of(whose);
    const { raw } = await ask(it, thief, route.method, url, { body, headers: named(route) });
    const { date: _date, 'x-request-id': id, ...headers } = raw.headers;
    const text = raw.body.replaceAll(String(id), 'req').replaceAll(whose.customer, 'customer');
    return { status: raw.statusCode, headers, text };
  };
  const everything = async () => {
    const tables = [
      'tokens',
      'cards',
      'api_keys',
      'origins',
      'sessions',
      'events',
      'destinations',
      'forwards',
    ];
    const hooks = ['webhook_endpoints', 'webhook_secrets', 'webhook_deliveries'];
    const rows = [...tables, ...hooks].map((table) =>
      it.vault.sql.owner.query(
        `SELECT to_jsonb(x) - 'last_used_at' AS row FROM ${table} x WHERE tenant = $1 ORDER BY 1`,
        [it.merchant.tenant],
      ),
    );
    return JSON.stringify(await Promise.all(rows));
  };

  test.each(Object.entries(API))(
    '%s answers for another’s as for nobody’s, and touches nothing',
    async (id, route) => {
      const way = WAYS[id as keyof typeof API];
      if (way === 'names nothing of anybody') return;
      const before = await everything();
      expect(await seen(route, way, theirs)).toStrictEqual(await seen(route, way, NOBODYS()));
      expect(await everything()).toBe(before);
    },
  );

  test('shows the owner what the thief did not see, so that the answers above mean something', async () => {
    const owner = await keyOf(it, { scopes: ['tokens:reveal', 'destinations:manage'] });
    for (const [id, what] of SHOWN) {
      const way = WAYS[id];
      if (way === 'names nothing of anybody') throw new Error(id);
      const { url, body } = way.of(theirs);
      const { status, raw } = await ask(it, owner, API[id].method, url, { body });
      expect([id, status]).toStrictEqual([id, API[id].status]);
      expect(raw.body).toContain(theirs[what]);
    }
  });

  test('has no route for backends but those of the table', () => {
    const known = Object.values(API).map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    for (const one of known) {
      const [method = '', url = ''] = one.split(' ');
      expect(it.api.hasRoute({ method, url }), one).toBe(true);
    }
    const tree = it.api.printRoutes({ commonPrefix: false });
    const registered = [...tree.matchAll(/\((?<methods>[A-Z, ]+)\)/g)].flatMap(({ groups }) =>
      (groups?.methods ?? '').split(', '),
    );
    const others =
      ['tokenize', 'tickets/burn'].length * 2 + ['manifest', 'openapi.json', 'docs'].length + 1;
    expect(registered).toHaveLength(known.length + others);
  });
});
