import { VISA } from '../support/cards.ts';
import { expect, test } from '../support/test.ts';

for (const layout of ['card', 'separate'] as const) {
  test(`pays with the keyboard alone (${layout})`, async ({ visit, page }) => {
    const shopper = await visit(`?layout=${layout}`);
    await page.locator('#email').focus();
    await page.keyboard.press('Tab');
    await expect(shopper.input('number')).toBeFocused();
    // Auto-advance belongs to the combined card; without it the shopper tabs on.
    await page.keyboard.type(VISA.number);
    if (layout === 'separate') await page.keyboard.press('Tab');
    await expect(shopper.input('expiry')).toBeFocused();
    await page.keyboard.type(VISA.expiry);
    if (layout === 'separate') await page.keyboard.press('Tab');
    await expect(shopper.input('cvc')).toBeFocused();
    await page.keyboard.type(VISA.cvc);
    await page.keyboard.press('Tab');
    await expect(shopper.payButton).toBeFocused();
    await page.keyboard.press('Shift+Tab');
    await expect(shopper.input('cvc')).toBeFocused();
    // In an input, and on the button that is tabbed to.
    if (layout === 'separate') await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await shopper.paid();
  });
}

test('shows where the focus is', async ({ visit, page }) => {
  const shopper = await visit();
  await page.locator('#email').focus();
  await page.keyboard.press('Tab');
  const outline = await shopper
    .input('number')
    .evaluate((input) => getComputedStyle(input).outlineColor);
  expect(outline).not.toBe('rgba(0, 0, 0, 0)');
  await expect(page.locator('#card')).toHaveClass(/hushfield--focus/);
});

test('has no stop between the code and the button: the controller cannot be tabbed to', async ({
  visit,
  page,
}) => {
  const shopper = await visit();
  await expect(page.locator('iframe')).toHaveCount(2);
  await shopper.input('cvc').focus();
  await page.keyboard.press('Tab');
  await expect(shopper.payButton).toBeFocused();
});
