import { VISA } from '../support/cards.ts';
import { expect, test } from '../support/test.ts';

test('starts empty after a reload midway, and pays', async ({ visit, page }) => {
  const shopper = await visit();
  await shopper.type('number', '42424242');
  await page.reload();
  await expect(shopper.input('number')).toHaveValue('');
  await shopper.fill(VISA);
  await shopper.pay();
});

test('has empty fields and works after going back from the order', async ({ visit, page }) => {
  const shopper = await visit();
  await shopper.fill(VISA);
  const first = await shopper.pay();
  await page.goBack();
  await expect(shopper.input('number')).toHaveValue('');
  await expect(shopper.input('cvc')).toHaveValue('');
  await expect(shopper.payButton).not.toHaveAttribute('aria-busy', 'true');
  await shopper.fill(VISA);
  expect(await shopper.pay()).not.toBe(first);
});
