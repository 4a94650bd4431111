import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestVault, testVault } from '../../test/test-vault.ts';

let it: TestVault;
beforeAll(async () => {
  it = await testVault();
}, 60_000);
afterAll(() => it.close());

const ROUTES = [
  ['fields', '/assets/controller-1.js'],
  ['fields', '/assets/fallback-1.js'],
  ['fields', '/sdk/v1/hushfield.js'],
  ['fields', '/nothing'],
  ['api', '/v1/keys/manifest'],
] as const;

test.each(ROUTES)('%s gives a service worker nothing of %s', async (role, url) => {
  const headers = { 'service-worker': 'script', 'sec-fetch-dest': 'serviceworker' };
  const answer = await it[role].inject({ url, headers });
  expect(answer.statusCode).toBe(403);
  expect(answer.headers['content-type']).not.toContain('javascript');
  expect(answer.headers).not.toHaveProperty('service-worker-allowed');
});
