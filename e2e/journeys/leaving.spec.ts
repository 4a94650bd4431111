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

// Under automation the back-forward cache is off, so the event it brings is made here.
for (const type of ['pagehide', 'pageshow'] as const) {
  test(`forgets what was typed on ${type} of a page the cache keeps`, async ({ visit }) => {
    const shopper = await visit();
    await shopper.fill(VISA);
    await shopper
      .frame('number')
      .locator('body')
      .evaluate(
        (_, name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })),
        type,
      );
    for (const field of ['number', 'expiry', 'cvc'] as const) {
      await expect(shopper.input(field)).toHaveValue('');
    }
  });
}
