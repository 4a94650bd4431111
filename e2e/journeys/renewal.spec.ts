import { VISA } from '../support/cards.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import { Shopper } from '../support/shopper.ts';
import { expect, test as shared } from '../support/test.ts';

/** The shortest ticket a vault gives out; the controller loads anew at four fifths of it. */
const TICKET_SECONDS = 10;

const test = shared.extend<{ own: Deployment }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
  own: async ({}, use) => {
    const own = await deploy({ env: () => ({ TICKET_SECONDS: String(TICKET_SECONDS) }) });
    await use(own);
    await own.dispose();
  },
});

test('renews the ticket in time and pays with what was typed before', async ({ own, page }) => {
  test.setTimeout(60_000);
  const loads: number[] = [];
  page.on('framenavigated', (frame) => {
    if (frame.url().includes('/controller')) loads.push(Date.now());
  });
  await page.goto(own.shopOrigin);
  const shopper = new Shopper(page);
  await shopper.fill(VISA);
  await expect
    .poll(() => loads.length, { timeout: TICKET_SECONDS * 1_500 })
    .toBeGreaterThanOrEqual(2);
  const [first = 0, second = 0] = loads;
  expect(second - first).toBeLessThan(TICKET_SECONDS * 1_000);
  await expect(shopper.input('number')).toHaveValue('4242 4242 4242 4242');
  await expect(shopper.input('cvc')).toHaveValue(VISA.cvc);
  await shopper.pay();
});
