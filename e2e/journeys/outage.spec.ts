import { VISA } from '../support/cards.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import { Shopper } from '../support/shopper.ts';
import { expect, test as shared } from '../support/test.ts';

/** These stop the vault, so each has a deployment of its own. */
const test = shared.extend<{ own: Deployment }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
  own: async ({}, use) => {
    const own = await deploy();
    await use(own);
    await own.dispose();
  },
});

/** The controller gives up after 30 s of trying. */
const GIVES_UP_MS = 45_000;

shared('pays by itself when the network comes back soon', async ({ visit, page, context }) => {
  const shopper = await visit();
  await shopper.fill(VISA);
  await context.setOffline(true);
  await shopper.payButton.click();
  await expect(shopper.payButton).toHaveAttribute('aria-busy', 'true');
  await page.waitForTimeout(2_000);
  await context.setOffline(false);
  await shopper.token.waitFor({ timeout: 15_000 });
});

shared(
  'says so when the network stays away, and pays later without retyping',
  async ({ visit, context, deployment }) => {
    shared.setTimeout(GIVES_UP_MS + 30_000);
    const shopper = await visit();
    await shopper.fill(VISA);
    await context.route(`${deployment.apiOrigin}/**`, (route) => route.abort());
    await shopper.payButton.click();
    await expect(shopper.alert).toContainText(/could not be reached/i, { timeout: GIVES_UP_MS });
    await expect(shopper.input('number')).toHaveValue('4242 4242 4242 4242');
    await context.unroute(`${deployment.apiOrigin}/**`);
    await shopper.alert.getByRole('button', { name: 'Try again' }).click();
    await shopper.paid();
  },
);

test('survives a crash of the vault mid-payment: same data, nothing retyped', async ({
  own,
  page,
}) => {
  test.setTimeout(90_000);
  await page.goto(own.shopOrigin);
  const shopper = new Shopper(page);
  await shopper.fill(VISA);
  await own.vault.kill();
  await shopper.payButton.click();
  await expect(shopper.payButton).toHaveAttribute('aria-busy', 'true');
  await own.startVault();
  await shopper.token.waitFor({ timeout: 30_000 });
});

test('waits for a vault that hangs, and pays when it goes on', async ({ own, page }) => {
  test.setTimeout(90_000);
  await page.goto(own.shopOrigin);
  const shopper = new Shopper(page);
  await shopper.fill(VISA);
  own.vault.freeze();
  await shopper.payButton.click();
  await page.waitForTimeout(3_000);
  await expect(shopper.payButton).toHaveAttribute('aria-busy', 'true');
  own.vault.thaw();
  await shopper.token.waitFor({ timeout: 30_000 });
});

test('offers to load the fields again when the fields origin was away', async ({ own, page }) => {
  test.setTimeout(90_000);
  await page.route(`${own.fieldsOrigin}/f1/**/field*`, (route) => route.abort());
  await page.goto(own.shopOrigin);
  const shopper = new Shopper(page);
  await expect(shopper.alert).toContainText(/did not load/i, { timeout: 15_000 });
  await page.unroute(`${own.fieldsOrigin}/f1/**/field*`);
  await shopper.alert.getByRole('button', { name: 'Try again' }).click();
  await shopper.fill(VISA);
  await shopper.pay();
});

shared(
  'says so when the SDK was kept away, and starts again on demand',
  async ({ page, deployment }) => {
    const script = `${deployment.fieldsOrigin}/sdk/**`;
    await page.route(script, (route) => route.abort('blockedbyclient'));
    await page.goto(deployment.shopOrigin);
    const shopper = new Shopper(page);
    await expect(shopper.alert).toContainText(/could not be loaded/i);
    await page.unroute(script);
    await shopper.alert.getByRole('button', { name: 'Try again' }).click();
    await shopper.fill(VISA);
    await shopper.pay();
  },
);

test('keeps an order for a token that the backend could not confirm', async ({ own, page }) => {
  await page.goto(own.shopOrigin);
  const shopper = new Shopper(page);
  await shopper.fill(VISA);
  await page.route('**/orders', (route) => route.abort(), { times: 1 });
  await shopper.payButton.click();
  await expect(shopper.alert).toContainText(/will not pay twice/i);
  await shopper.alert.getByRole('button', { name: 'Try again' }).click();
  await shopper.paid();
});
