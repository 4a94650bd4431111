import type { Page } from '@playwright/test';
import { type MadeSession, newSession, publishableKey, readToken } from '../support/backend.ts';
import { expect, type Merchant, openCard, test, typeCard } from '../support/merchant.ts';

/** What the page of these tests did and was answered. */
type Outcome = { token?: string; code?: string; retryable?: boolean };

/** A page under a key that takes nobody without a session. */
async function openStrict(page: Page, merchant: Merchant, made?: MadeSession) {
  const key = await publishableKey(merchant.deployment, {
    origins: [merchant.origin],
    sessionsRequired: true,
  });
  const options = made === undefined ? {} : { session: made.session };
  const frame = await openCard(page, merchant.cardPage({ key, options }));
  await typeCard(page);
  return frame;
}

const tokenize = (page: Page, session?: string): Promise<Outcome> =>
  page.evaluate(async (own) => {
    const options = own === undefined ? {} : { session: own };
    const { token, error } = await Reflect.get(window, 'elements').tokenize(options);
    return token ? { token: token.id } : { code: error.code, retryable: error.retryable };
  }, session);

/** How often a controller document was loaded from now on. */
function countControllers(page: Page): () => number {
  let loads = 0;
  page.on('framenavigated', (frame) => {
    if (frame.url().includes('/controller')) loads += 1;
  });
  return () => loads;
}

test('pays under the session of the backend, and the token carries its customer', async ({
  page,
  merchant,
}) => {
  const { deployment, origin } = merchant;
  const made = await newSession(deployment, { origins: [origin], customer: 'c-12' });
  await openStrict(page, merchant, made);
  const { token = '' } = await tokenize(page);
  expect(token).toMatch(/^tok_test_/);
  expect((await readToken(deployment, token)).body).toMatchObject({ customer: 'c-12' });
});

test('is told invalid_session without one, keeps the card, and pays with the next', async ({
  page,
  merchant,
}) => {
  const frame = await openStrict(page, merchant);
  expect(await tokenize(page)).toStrictEqual({ code: 'invalid_session', retryable: false });
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 4242 4242');
  const made = await newSession(merchant.deployment, { origins: [merchant.origin] });
  expect(await tokenize(page, made.session)).toMatchObject({ token: expect.any(String) });
});

test('posts no card under a session that is forged, of another page, or over', async ({
  page,
  merchant,
}) => {
  const { deployment, origin } = merchant;
  const elsewhere = 'https://elsewhere.example';
  await publishableKey(deployment, { origins: [elsewhere] });
  const good = await newSession(deployment, { origins: [origin], expiresIn: 60 });
  const [payload, signature = ''] = good.session.split('.');
  const forged = `${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  const other = await newSession(deployment, { origins: [elsewhere] });
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/v1/tokenize')) posts.push(request.url());
  });
  await openStrict(page, merchant, good);
  const loads = countControllers(page);
  expect(await tokenize(page, forged)).toMatchObject({ code: 'invalid_session' });
  expect(await tokenize(page, other.session)).toMatchObject({ code: 'origin_not_allowed' });
  expect(await tokenize(page, `${payload}.x`).catch(() => 'thrown')).toBe('thrown');
  expect(posts).toStrictEqual([]);
  // Positive control: what was refused is the session.
  expect(await tokenize(page)).toMatchObject({ token: expect.any(String) });
  expect([posts.length, loads()]).toStrictEqual([1, 0]);
});

test('tells the page that a session is over, at once and without loading anything anew', async ({
  page,
  merchant,
}) => {
  const { deployment, origin } = merchant;
  await page.clock.install();
  const made = await newSession(deployment, { origins: [origin], expiresIn: 60 });
  const frame = await openStrict(page, merchant, made);
  // For the documents; the vault's own judgement is tested without a browser.
  await page.clock.fastForward(61_000);
  const loads = countControllers(page);
  const started = Date.now();
  expect(await tokenize(page)).toStrictEqual({ code: 'session_expired', retryable: false });
  expect(Date.now() - started).toBeLessThan(2_000);
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 4242 4242');
  const next = await newSession(deployment, { origins: [origin] });
  expect(await tokenize(page, next.session)).toMatchObject({ token: expect.any(String) });
  expect(loads()).toBe(0);
});

test('shows at the field what the session asks of a card', async ({ page, merchant }) => {
  const { deployment, origin } = merchant;
  const made = await newSession(deployment, { origins: [origin], brands: ['amex'] });
  const frame = await openStrict(page, merchant, made);
  expect(await tokenize(page)).toMatchObject({ code: 'brand_not_supported' });
  await expect(frame.getByRole('status')).toHaveText(/not accepted/i);
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue(/^4242/);
});
