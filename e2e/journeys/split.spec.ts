import type { FrameLocator, Page } from '@playwright/test';
import { fieldError, fillCard } from '@hushfield/testing/playwright';
import { VISA } from '../support/cards.ts';
import { honestPage } from '../support/honest-page.ts';
import { expect, type Merchant, openCard, test, tokenize, valuesIn } from '../support/merchant.ts';

const YEAR = VISA.expiry.slice(2);
const month = (frame: FrameLocator) => frame.locator('[autocomplete=cc-exp-month]');
const year = (frame: FrameLocator) => frame.locator('[autocomplete=cc-exp-year]');
const code = (frame: FrameLocator) => frame.locator('[autocomplete=cc-csc]');
const expiry = (page: Page) =>
  page.evaluate(() => Reflect.get(window, 'card').getState().fields.expiry);

const open = (page: Page, merchant: Merchant) =>
  openCard(page, merchant.cardPage({ own: { split: true } }));

test('pays with month and year in an input each, typed as one stream of digits', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant);
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
  expect(await valuesIn(page)).toStrictEqual(['4242 4242 4242 4242', '12', YEAR, VISA.cvc]);
  await expect.poll(() => expiry(page)).toMatchObject({ complete: true, valid: true });
  const { token } = await tokenize(page);
  expect(token).toMatchObject({ card: { expMonth: 12, expYear: 2000 + Number(YEAR) } });
  await expect.poll(() => valuesIn(page)).toStrictEqual(['', '', '', '']);
});

test('goes on, and back by Backspace, as if it were one input', async ({ page, merchant }) => {
  const frame = await open(page, merchant);
  const halves = async () => (await valuesIn(page)).slice(1, 3);
  await month(frame).click();
  // What can only be one digit is padded, and typing goes on.
  await page.keyboard.type('5');
  await expect(year(frame)).toBeFocused();
  expect(await halves()).toStrictEqual(['05', '']);
  // Backspace in an empty input takes from the one before.
  await page.keyboard.press('Backspace');
  await expect(month(frame)).toBeFocused();
  await page.keyboard.press('Backspace');
  expect(await halves()).toStrictEqual(['', '']);
  // What a month cannot hold flows into the year.
  await page.keyboard.type('13');
  await expect(year(frame)).toBeFocused();
  expect(await halves()).toStrictEqual(['01', '3']);
  await page.keyboard.type('9');
  await expect(code(frame)).toBeFocused();
  await page.keyboard.press('Backspace');
  await expect(year(frame)).toBeFocused();
  expect(await halves()).toStrictEqual(['01', '3']);
  // With a month that is typed anew, the year is.
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type(VISA.expiry);
  expect(await halves()).toStrictEqual(['12', YEAR]);
});

test('is one field with one error, which both halves are told by', async ({ page, merchant }) => {
  const frame = await open(page, merchant);
  await month(frame).click();
  await page.keyboard.type('12');
  await page.keyboard.press('Shift+Tab');
  await expect(month(frame)).toBeFocused();
  // From half to half nothing was left, and nothing is wrong yet.
  await expect.poll(() => expiry(page)).toMatchObject({ empty: false, focused: true });
  expect(await expiry(page)).not.toHaveProperty('error');
  await page.keyboard.press('Tab');
  await page.keyboard.type('20');
  await page.keyboard.press('Tab');
  await expect.poll(() => expiry(page)).toMatchObject({ error: { code: 'expired_card' } });
  for (const half of [month(frame), year(frame)]) {
    await expect(half).toHaveAttribute('aria-invalid', 'true');
    await expect(half).toHaveAttribute('aria-describedby', 'message');
  }
  expect(await fieldError(page, 'expiry')).toMatch(/expired/);
});

test('is filled by browsers in whichever way they know a card', async ({ page, merchant }) => {
  const frame = await open(page, merchant);
  for (const [into, text, both] of [
    ['month', '5', ['05', '']],
    ['year', '2031', ['05', '31']],
    ['month', '1', ['01', '31']],
    ['month', '07/2032', ['07', '32']],
    ['year', '33', ['07', '33']],
    ['year', '2034-08', ['08', '34']],
  ] as const) {
    // What a browser does that fills a form: the value, then an event without a kind.
    await (into === 'month' ? month : year)(frame).evaluate((input, value) => {
      (input as HTMLInputElement).value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, text);
    expect((await valuesIn(page)).slice(1, 3)).toStrictEqual(both);
  }
});

test('is so in an element of its own, has names, and goes when the page takes it back', async ({
  page,
  merchant,
}) => {
  const script = `
    window.elements = Hushfield(KEY).elements({ locale: 'de' });
    window.card = elements.create('cardExpiry', { split: true, labels: { expiry: 'Läuft ab' } });
    window.ready = card.mount('#card');`;
  await page.goto(honestPage(merchant, { script, body: '<div id="card"></div>' }));
  await page.evaluate(() => Reflect.get(window, 'ready').then(() => undefined));
  const frame = page.frameLocator('#card iframe');
  const group = frame.getByRole('group', { name: 'Läuft ab' });
  await expect(group.getByRole('textbox', { name: 'Monat' })).toHaveAttribute('placeholder', 'MM');
  await expect(group.getByRole('textbox', { name: 'Jahr' })).toHaveAttribute('placeholder', 'JJ');
  await page.evaluate(() => Reflect.get(window, 'card').focus());
  await expect(month(frame)).toBeFocused();
  await page.keyboard.type(VISA.expiry);
  await page.evaluate(() => Reflect.get(window, 'card').update({ split: false }));
  await expect(frame.locator('[autocomplete=cc-exp]')).toHaveValue(`12 / ${YEAR}`);
  await page.evaluate(() => Reflect.get(window, 'card').update({ split: true }));
  await expect(year(frame)).toHaveValue(YEAR);
});

test('stays one input where its halves cannot be had, and says so', async ({ page, merchant }) => {
  await page.route('**/assets/more-*', (route) => route.abort());
  const url = merchant.cardPage({ own: { split: true } });
  const warned = page.waitForEvent('console', (message) => message.text().startsWith('warned'));
  await page.addInitScript(() =>
    addEventListener('hushfield:warning', (event) =>
      console.log('warned', (event as CustomEvent).detail.code),
    ),
  );
  const frame = await openCard(page, url);
  expect((await warned).text()).toBe('warned appearance_failed');
  await fillCard(page, VISA);
  await expect(frame.locator('[autocomplete=cc-exp]')).toHaveValue(`12 / ${YEAR}`);
});
