import { VISA } from '../support/cards.ts';
import { expect, openCard, test, tokenize, typeCard } from '../support/merchant.ts';

const INPUTS = ['cc-number', 'cc-exp', 'cc-csc'] as const;

test('has nothing left in the document once the card is a token', async ({ page, merchant }) => {
  const frame = await openCard(page, merchant.cardPage());
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
  for (const name of INPUTS) {
    await expect(frame.locator(`[autocomplete=${name}]`)).toHaveValue('');
  }
  expect((await tokenize(page)).error?.code).toBe('incomplete_number');
});

test('clears one input or all when the page asks', async ({ page, merchant }) => {
  const frame = await openCard(page, merchant.cardPage());
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
  await page.evaluate(() => Reflect.get(window, 'card').clear('cvc'));
  await expect(frame.locator('[autocomplete=cc-csc]')).toHaveValue('');
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 4242 4242');
  await page.evaluate(() => Reflect.get(window, 'card').clear());
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('');
});

test('keeps what was typed through an update of options', async ({ page, merchant }) => {
  const frame = await openCard(page, merchant.cardPage());
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
  await page.evaluate(() =>
    Reflect.get(window, 'card').update({ layout: 'column', appearance: { labels: 'none' } }),
  );
  await expect(frame.locator('label')).toHaveCount(0);
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 4242 4242');
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('forgets what stood in an input that was taken out', async ({ page, merchant }) => {
  const frame = await openCard(page, merchant.cardPage());
  await typeCard(page);
  const show = (...fields: string[]) =>
    page.evaluate((wanted) => Reflect.get(window, 'card').update({ fields: wanted }), fields);
  await show('number', 'expiry');
  await expect(frame.locator('input')).toHaveCount(2);
  await show('number', 'expiry', 'cvc');
  await expect(frame.locator('[autocomplete=cc-csc]')).toHaveValue('');
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 4242 4242');
  expect((await tokenize(page)).error?.code).toBe('incomplete_cvc');
});
