import { chromium } from '@playwright/test';
import { VISA } from '../support/cards.ts';
import { chromiumOptions } from '../support/chromium.ts';
import { Shopper } from '../support/shopper.ts';
import { expect, test } from '../support/test.ts';

// Playwright turns the cache off; shoppers have it on.
const WITH_CACHE = { ignoreDefaultArgs: ['--disable-back-forward-cache'] };

test('holds no card when the page comes back from the back-forward cache', async ({
  deployment,
}) => {
  const browser = await chromium.launch({ ...chromiumOptions(), ...WITH_CACHE });
  try {
    const page = await browser.newPage();
    await page.goto(deployment.shopOrigin);
    const shopper = new Shopper(page);
    await shopper.fill(VISA);
    await page.goto(`${deployment.shopOrigin}/orders/none`);
    await page.goBack();
    await expect(shopper.input('number')).toHaveValue('');
    await expect(shopper.input('cvc')).toHaveValue('');
    await shopper.fill(VISA);
    await shopper.pay();
  } finally {
    await browser.close();
  }
});
