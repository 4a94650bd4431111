import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../app/log.ts';
import { SYSTEM_CLOCKS } from '../clock.ts';
import { createMetrics } from './metrics.ts';
import { createOperateApp } from './operate-app.ts';
import { Readying } from './readiness.ts';

const NAMES = ['localhost', 'vault-1.internal'];
const STRICT = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

describe('the private listener', () => {
  const lines: string[] = [];
  const metrics = createMetrics();
  const log = createLog('info', (line) => lines.push(line), 'api');
  const readying = new Readying({ steady: SYSTEM_CLOCKS.steady, log, metrics });
  let app: FastifyInstance;
  beforeAll(() => {
    app = createOperateApp({ readying, registry: metrics.registry, log, names: NAMES });
  });
  afterAll(() => app.close());
  beforeEach(() => void (lines.length = 0));

  test.each([
    ['/healthz', 200, '{"ok":true}', 'application/json; charset=utf-8'],
    ['/readyz', 503, '{"ok":false,"checks":{"started":"late"}}', 'application/json; charset=utf-8'],
    [
      '/metrics',
      200,
      /^# HELP hushfield_request_seconds /,
      'text/plain; version=0.0.4; charset=utf-8',
    ],
  ])('answers %s while the rest still starts', async (url, status, body, type) => {
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toEqual(typeof body === 'string' ? body : expect.stringMatching(body));
    const {
      date: _date,
      connection: _kept,
      'content-length': _length,
      ...headers
    } = answer.headers;
    const id = expect.stringMatching(/^req_/);
    expect(headers).toStrictEqual({ ...STRICT, 'content-type': type, 'x-request-id': id });
    // Whoever probes every second would fill the log.
    expect(lines).toStrictEqual([]);
  });

  const METHODS = [
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
  ] as const;
  const attacks = [
    ...METHODS.map((method) => ({
      name: `a ${method}`,
      asked: { method, url: '/metrics' },
      status: 404,
    })),
    ...['/', '/v1/tokens', '/metrics/', '/healthz%2f..%2fmetrics', '/f1/x/field'].map((url) => ({
      ...{ name: `the path ${url}`, asked: { url }, status: 404 },
    })),
    ...[
      { origin: 'http://127.0.0.1:4404' },
      ...[
        'evil.example',
        'evil.example:4404',
        'localhost.evil.example',
        '127.0.0.1.evil.example',
      ].map((host) => ({ host })),
      ...['[::1', 'vault-1.internal.', '2130706433', '127.1'].map((host) => ({ host })),
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'cross-site' },
    ].map((headers) => ({
      ...{
        name: `a page: ${JSON.stringify(headers)}`,
        asked: { url: '/metrics', headers },
        status: 403,
      },
    })),
  ];

  test.each(attacks)('attacks: $name', async ({ asked, status }) => {
    const answer = await app.inject(asked as object);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toMatchObject(STRICT);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.body).toMatch(/^(\{"ok":false,"code":"\w+"\})?$/);
  });

  test.each([
    '127.0.0.1:4404',
    '[::1]:4404',
    'localhost:4404',
    'LOCALHOST',
    'vault-1.internal:4404',
  ])('may be asked as %s', async (host) => {
    expect((await app.inject({ url: '/healthz', headers: { host } })).statusCode).toBe(200);
  });

  test('tells a person who types its address', async () => {
    const headers = { 'sec-fetch-site': 'none' };
    expect((await app.inject({ url: '/healthz', headers })).statusCode).toBe(200);
  });
});
