import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const minimal = { HUSHFIELD_DATA_DIR: '/data' };

test('has an answer for everything but the data directory', () => {
  const { fieldsDist, sdkDist, ...config } = readConfig(minimal);
  expect(config).toStrictEqual({
    mode: 'test',
    rootPublicKey: undefined,
    fontsDir: undefined,
    brandIconsDir: undefined,
    dataDir: '/data',
    databaseUrl: undefined,
    keyStoreDir: '/data/keys',
    kek: { kind: 'directory' },
    nodeName: expect.stringMatching(/^[\w.-]{1,50}$/),
    credentialsDir: undefined,
    host: '127.0.0.1',
    operate: { host: '127.0.0.1', port: 4404, names: ['localhost', '127.0.0.1'] },
    drainMs: 0,
    commit: undefined,
    fieldsPort: 4401,
    apiPort: 4402,
    fieldsOrigin: 'http://127.0.0.1:4401',
    apiOrigin: 'http://127.0.0.1:4402',
    shopOrigin: 'http://localhost:4400',
    egress: { allowed: [], webhooks: [], caFile: undefined },
    destinationFile: undefined,
    logLevel: 'info',
    limits: {
      ticketsPerAddress: { limit: 600, windowMs: 60_000 },
      ticketsPerKey: { limit: 20_000, windowMs: 3_600_000 },
      tokenizePerAddress: { limit: 600, windowMs: 3_600_000 },
      tokenizePerBin: { limit: 600, windowMs: 3_600_000 },
      tokenizePerKey: { limit: 6000, windowMs: 3_600_000 },
      burnsPerAddress: { limit: 600, windowMs: 3_600_000 },
    },
    fieldsPerMinute: 6000,
    failedKeysPerMinute: 120,
    ticketSeconds: 1800,
    trustProxy: false,
    witnessFile: '/data/audit-witness.jsonl',
  });
  expect(fieldsDist).toMatch(/\/apps\/fields\/dist$/);
  expect(sdkDist).toMatch(/\/packages\/sdk\/dist$/);
});

test('moves all ports and origins by one number', () => {
  const config = readConfig({ ...minimal, PORT_BASE: '5000' });
  expect([
    config.fieldsPort,
    config.apiPort,
    config.fieldsOrigin,
    config.apiOrigin,
    config.shopOrigin,
  ]).toStrictEqual([
    5001,
    5002,
    'http://127.0.0.1:5001',
    'http://127.0.0.1:5002',
    'http://localhost:5000',
  ]);
});

test('puts the private listener where it is told, and waits as long as the mode asks for', () => {
  const given = {
    ...minimal,
    PORT_BASE: '5000',
    OPERATE_HOST: '10.0.0.7',
    OPERATE_NAMES: 'Vault.internal,pod',
    OPERATE_PORT: '9090',
  };
  expect(readConfig(given).operate).toStrictEqual({
    ...{ host: '10.0.0.7', port: 9090 },
    names: ['localhost', '10.0.0.7', 'vault.internal', 'pod'],
  });
  expect(readConfig({ ...minimal, PORT_BASE: '5000' }).operate.port).toBe(5004);
  expect(readConfig({ ...minimal, MODE: 'live' }).drainMs).toBe(10_000);
  expect(readConfig({ ...minimal, MODE: 'live', DRAIN_SECONDS: '3' }).drainMs).toBe(3_000);
});

test.each([
  ['no data directory', { HUSHFIELD_DATA_DIR: undefined }, 'HUSHFIELD_DATA_DIR is required'],
  ['a mode that is none', { MODE: 'prod' }, 'MODE must be "test" or "live"'],
  ['a root that is none', { ROOT_PUBLIC_KEY: 'root' }, 'ROOT_PUBLIC_KEY must be the public key'],
  [
    'an origin with a path',
    { FIELDS_ORIGIN: 'https://a.example/' },
    'FIELDS_ORIGIN must be an origin',
  ],
  ['an origin of another scheme', { API_ORIGIN: 'ftp://a.example' }, 'API_ORIGIN'],
  ['a port that is none', { PORT_BASE: 'x' }, 'PORT_BASE'],
  ['a ticket of nine seconds', { TICKET_SECONDS: '9' }, 'TICKET_SECONDS'],
  ['a ticket over half an hour', { TICKET_SECONDS: '1801' }, 'TICKET_SECONDS'],
  ['no field documents at all', { FIELDS_PER_MINUTE: '0' }, 'FIELDS_PER_MINUTE'],
  [
    'a limit of nothing',
    { LIMIT_TOKENIZE_PER_BIN: '0/h' },
    'LIMIT_TOKENIZE_PER_BIN must be a number',
  ],
  [
    'a limit per day',
    { LIMIT_TOKENIZE_PER_KEY: '10/d' },
    'LIMIT_TOKENIZE_PER_KEY must be a number',
  ],
  ['a limit without end', { LIMIT_TICKETS_PER_KEY: '999999999/h' }, 'must be at most 100000000'],
  [
    'a device without a place',
    { KEK: 'pkcs11', PKCS11_TOKEN: 't' },
    'KEK=pkcs11 needs PKCS11_MODULE',
  ],
  [
    'a host to call with a path',
    { EGRESS_ALLOWED_ORIGINS: 'https://a.example,https://b.example/' },
    'EGRESS_ALLOWED_ORIGINS',
  ],
  ['a host to call without a scheme', { EGRESS_ALLOWED_ORIGINS: '127.0.0.1' }, 'must be an origin'],
  ['all hosts', { EGRESS_ALLOWED_ORIGINS: '*' }, 'EGRESS_ALLOWED_ORIGINS'],
  [
    'cards in the clear, live',
    { MODE: 'live', EGRESS_ALLOWED_ORIGINS: 'https://a.example,http://b.example' },
    'EGRESS_ALLOWED_ORIGINS must be of https: in live mode',
  ],
  [
    'a webhook in the clear, live',
    { MODE: 'live', EGRESS_WEBHOOK_ORIGINS: 'http://b.example' },
    'EGRESS_WEBHOOK_ORIGINS must be of https: in live mode',
  ],
  ['an endpoint with a path', { EGRESS_WEBHOOK_ORIGINS: 'https://b.example/hook' }, 'an origin'],
  ['no file of roots', { EGRESS_CA_FILE: '' }, 'EGRESS_CA_FILE'],
  ['another KEK', { KEK: 'file' }, 'KEK'],
  ['another database', { DATABASE_URL: 'mysql://u:p@h/d' }, 'DATABASE_URL'],
])('refuses %s and says why', (_name, change, message) => {
  expect(() => readConfig({ ...minimal, ...change })).toThrow(message);
});

test('puts the key store elsewhere, and the KEK into a device', () => {
  const { keyStoreDir, kek } = readConfig({
    ...minimal,
    ...{ KEY_STORE_DIR: '/keys', KEK: 'pkcs11', PKCS11_MODULE: '/lib/p11.so' },
    ...{ PKCS11_TOKEN: 'vault', PKCS11_PIN_FILE: '/run/pin' },
  });
  expect(keyStoreDir).toBe('/keys');
  const place = { module: '/lib/p11.so', token: 'vault', pinFile: '/run/pin' };
  expect(kek).toStrictEqual({ kind: 'pkcs11', ...place });
});

test('calls no host within but those that are named', () => {
  const given = { EGRESS_ALLOWED_ORIGINS: 'http://localhost:4400, https://[::1]:4405' };
  expect(readConfig({ ...minimal, ...given, EGRESS_CA_FILE: '/ca.pem' }).egress).toStrictEqual({
    allowed: ['http://localhost:4400', 'https://[::1]:4405'],
    webhooks: [],
    caFile: '/ca.pem',
  });
  const told = { EGRESS_WEBHOOK_ORIGINS: 'http://localhost:3000' };
  expect(readConfig({ ...minimal, ...told }).egress).toMatchObject({
    allowed: [],
    webhooks: ['http://localhost:3000'],
  });
});

test('never shows a value', () => {
  expect(() =>
    readConfig({ ...minimal, DATABASE_URL: 'mysql://user:hunter2@host/db' }),
  ).not.toThrow('hunter2');
});
