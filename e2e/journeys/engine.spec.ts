import type { Page } from '@playwright/test';
import { newSession } from '../support/backend.ts';
import {
  type Answer,
  expect,
  openCard,
  test,
  tokenize,
  typeCard,
  valuesIn,
} from '../support/merchant.ts';

const CHUNK = '**/assets/fallback-*';

/** An engine as it was before it had ML-KEM: in every frame, before any script of ours. */
async function withoutMlKem(page: Page): Promise<string[]> {
  await page.addInitScript(() => {
    Reflect.deleteProperty(SubtleCrypto.prototype, 'encapsulateBits');
  });
  const chunks: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/assets/fallback-')) chunks.push(request.url());
  });
  return chunks;
}

test('pays in an engine without native ML-KEM', async ({ page, merchant }) => {
  const chunks = await withoutMlKem(page);
  await openCard(page, merchant.cardPage());
  await typeCard(page);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
  // Positive control: it was the chunk that sealed.
  expect(chunks.length).toBeGreaterThan(0);
});

test('judges a session in an engine without native Ed25519, and pays under it', async ({
  page,
  merchant,
}) => {
  await page.addInitScript(() => {
    const { generateKey } = SubtleCrypto.prototype;
    Reflect.set(
      SubtleCrypto.prototype,
      'generateKey',
      function (this: unknown, ...args: unknown[]) {
        if (String(args[0]) === 'Ed25519') return Promise.reject(new Error('not here'));
        return Reflect.apply(generateKey, this, args);
      },
    );
  });
  const chunks: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/assets/fallback-')) chunks.push(request.url());
  });
  const { session } = await newSession(merchant.deployment, { origins: [merchant.origin] });
  const forged = session.replace(/.{4}$/, (end) => (end === 'AAAA' ? 'BBBA' : 'AAAA'));
  await openCard(page, merchant.cardPage());
  await typeCard(page);
  const under = (text: string) =>
    page.evaluate(
      (own) => Reflect.get(window, 'elements').tokenize({ session: own }) as Promise<Answer>,
      text,
    );
  expect((await under(forged)).error?.code).toBe('invalid_session');
  expect((await under(session)).token?.id).toMatch(/^tok_test_/);
  expect(chunks.length).toBeGreaterThan(0);
});

test('pays on a later try when the fallback could not be loaded at first', async ({
  page,
  merchant,
}) => {
  const chunks = await withoutMlKem(page);
  await page.route(CHUNK, (route) => route.abort());
  await openCard(page, merchant.cardPage());
  await typeCard(page);
  expect((await tokenize(page)).error?.code).toBe('network_error');
  expect((await valuesIn(page))[0]).toBe('4242 4242 4242 4242');
  expect(chunks.length).toBeGreaterThan(0);
  await page.unroute(CHUNK);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('loads no fallback where the engine has it all', async ({ page, merchant }) => {
  const chunks: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/assets/fallback-')) chunks.push(request.url());
  });
  await openCard(page, merchant.cardPage());
  const native = await page.evaluate(() => 'encapsulateBits' in SubtleCrypto.prototype);
  await typeCard(page);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
  expect(chunks.length > 0).toBe(!native);
});
