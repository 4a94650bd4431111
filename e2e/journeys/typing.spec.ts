import type { Page } from '@playwright/test';
import { VISA } from '../support/cards.ts';
import { expect, test } from '../support/test.ts';

/** Puts text on the clipboard the way a shopper does: by copying it from somewhere. */
async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.keyboard.press('ControlOrMeta+v');
}

test('goes on from number to expiry to code while one stream of digits is typed', async ({
  visit,
  page,
}) => {
  const shopper = await visit();
  await shopper.input('number').click();
  await page.keyboard.type(`${VISA.number}${VISA.expiry}${VISA.cvc}`);
  await expect(shopper.input('number')).toHaveValue('4242 4242 4242 4242');
  await expect(shopper.input('expiry')).toHaveValue(/^12 ?\/ ?\d\d$/);
  await expect(shopper.input('cvc')).toHaveValue('123');
  await expect(shopper.input('cvc')).toBeFocused();
  await page.keyboard.press('Enter');
  await shopper.paid();
});

test('takes a pasted number with junk in it', async ({ visit, page }) => {
  const shopper = await visit();
  await page.bringToFront();
  await shopper.input('number').click();
  await paste(page, '4242-4242 4242 4242\n');
  await expect(shopper.input('number')).toHaveValue('4242 4242 4242 4242');
});

test('deletes a digit, not a gap, on backspace behind a gap', async ({ visit, page }) => {
  const shopper = await visit();
  await shopper.type('number', '42424');
  await expect(shopper.input('number')).toHaveValue('4242 4');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await expect(shopper.input('number')).toHaveValue(/^424$/);
});

test('keeps the caret where a digit was put into the middle', async ({ visit, page }) => {
  const shopper = await visit();
  await shopper.type('number', '42424242');
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('99');
  await expect(shopper.input('number')).toHaveValue('4242 9942 42');
  await page.keyboard.type('1');
  await expect(shopper.input('number')).toHaveValue('4242 9914 242');
});

test('goes back to the number on backspace in an empty expiry', async ({ visit, page }) => {
  const shopper = await visit();
  await shopper.type('number', VISA.number);
  await expect(shopper.input('expiry')).toBeFocused();
  await page.keyboard.press('Backspace');
  await expect(shopper.input('number')).toBeFocused();
});

test('shows the brand as soon as the digits tell', async ({ visit, page }) => {
  const shopper = await visit();
  const mark = shopper.frame('number').locator('.field-number .mark');
  await shopper.type('number', '4');
  await expect(mark).toHaveText('Visa');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('37');
  await expect(mark).toHaveText(/American Express|Amex/);
});

test('takes an expiry with a slash and four digits of year', async ({ visit, page }) => {
  const shopper = await visit();
  await shopper.input('expiry').click();
  await page.keyboard.type('3/2031');
  await expect(shopper.input('expiry')).toHaveValue(/^03 ?\/ ?(20)?31$/);
});
