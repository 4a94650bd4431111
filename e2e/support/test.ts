import { test as base, expect } from '@playwright/test';
import { type Deployment, deploy } from './deployment.ts';
import { Shopper } from './shopper.ts';

/** Opens the checkout with a query such as `?layout=separate` and waits for its fields. */
type Visit = (query?: string) => Promise<Shopper>;

type Fixtures = { visit: Visit; consoleProblems: string[] };
type WorkerFixtures = { deployment: Deployment };

/**
 * Playwright's test with one deployment for all tests of a file, and a check that no page of the
 * journey had anything to complain about.
 */
export const test = base.extend<Fixtures, WorkerFixtures>({
  deployment: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
    async ({}, use) => {
      const deployment = await deploy();
      await use(deployment);
      await deployment.dispose();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  consoleProblems: async ({ page }, use) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (/Content.Security.Policy|Trusted ?Type/i.test(message.text())) {
        problems.push(`console: ${message.text()}`);
      }
    });
    await use(problems);
    expect(problems).toStrictEqual([]);
  },
  visit: async ({ page, deployment, consoleProblems: _ }, use) => {
    await use(async (query = '') => {
      await page.goto(`${deployment.shopOrigin}/${query}`);
      const shopper = new Shopper(page, query.includes('separate') ? 'separate' : 'card');
      for (const field of ['number', 'expiry', 'cvc'] as const) {
        await shopper.input(field).waitFor();
      }
      await expect(page.locator('.hosted.hushfield').first()).toBeVisible();
      return shopper;
    });
  },
});

export { expect };
