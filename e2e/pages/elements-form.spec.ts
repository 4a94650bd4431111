import { cards, refusedCards } from '@hushfield/testing/cards';
import {
  clearField,
  fieldError,
  fillCard,
  fillField,
  pressKey,
} from '@hushfield/testing/playwright';
import type { Page } from '@playwright/test';
import { readToken } from '../support/backend.ts';
import { elementsPage, groupOf, posted } from '../support/elements-page.ts';
import { expect, type Merchant, test } from '../support/merchant.ts';

const form = (merchant: Merchant, inside: string, attributes = 'name="token"') => `
  <form action="/pay" method="post">
    <input name="email" value="ada@shop.example">
    <hushfield-group ${groupOf(merchant)} ${attributes}>${inside}</hushfield-group>
    <button name="how" value="card">Pay</button>
  </form>`;
const CARD = '<hushfield-card fields="number expiry cvc"></hushfield-card>';
const SEPARATE = ['number', 'expiry', 'cvc']
  .map((name) => `<hushfield-card-${name}></hushfield-card-${name}>`)
  .join('');

const pay = (page: Page) => page.getByRole('button', { name: 'Pay' }).click();
const group = (page: Page) => page.locator('hushfield-group');
const isValid = (page: Page) =>
  page.evaluate(() => document.querySelector('form')?.checkValidity());

/** An application that sends its form by itself, and how often it was told to. */
const OWN_SUBMIT = `
  window.sent = [];
  document.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    sent.push(new FormData(event.target).get('token'));
  });
  define();`;
const sent = (page: Page): Promise<string[]> => page.evaluate(() => Reflect.get(window, 'sent'));

for (const [layout, inside] of [
  ['one element', CARD],
  ['three elements', SEPARATE],
] as const) {
  test(`posts a token and nothing of the card (${layout})`, async ({ page, merchant }) => {
    await page.goto(await elementsPage(merchant, form(merchant, inside)));
    await fillCard(page, cards.visa);
    const fields = await posted(merchant, () => pay(page));
    expect(fields).toStrictEqual({
      email: 'ada@shop.example',
      token: expect.stringMatching(/^tok_test_[0-9A-Za-z]{28}$/),
      how: 'card',
    });
    const token = await readToken(merchant.deployment, fields['token'] ?? '');
    expect(token.body).toMatchObject({ card: { last4: '4242', cvcCollected: true } });
  });
}

test('submits by Enter in a field, and only once however often', async ({ page, merchant }) => {
  const url = await elementsPage(merchant, form(merchant, CARD), { script: OWN_SUBMIT });
  await page.goto(url);
  await fillCard(page, cards.visa);
  await pressKey(page, 'cvc', 'Enter');
  await expect.poll(async () => (await sent(page)).length).toBe(1);

  await fillCard(page, cards.visa);
  const busy = await page.evaluate(() => {
    for (let times = 0; times < 3; times += 1) document.querySelector('form')?.requestSubmit();
    return document.querySelector('hushfield-group')?.getAttribute('aria-busy');
  });
  await expect.poll(async () => (await sent(page)).length).toBe(2);
  await expect(group(page)).toHaveAttribute('aria-busy', 'false');
  expect([busy, (await sent(page)).length, new Set(await sent(page)).size]).toStrictEqual([
    ...['true', 2, 2],
  ]);
});

test('holds the form back while the card is wrong, and says so to whoever asks', async ({
  page,
  merchant,
}) => {
  const url = await elementsPage(merchant, form(merchant, CARD), { script: OWN_SUBMIT });
  await page.goto(url);
  await fillCard(page, refusedCards.expired);
  await pay(page);
  await expect.poll(() => isValid(page)).toBe(false);
  await expect.poll(() => fieldError(page, 'expiry')).toMatch(/expired/i);
  const state = await group(page).evaluate((element: HTMLElement) => ({
    message: Reflect.get(element, 'validationMessage'),
    value: Reflect.get(element, 'value'),
    invalid: element.matches(':invalid'),
  }));
  expect(state).toStrictEqual({
    message: expect.stringMatching(/expired/i),
    value: '',
    invalid: true,
  });
  // The same again: it is the input to mend that has the focus, and nothing was sent.
  await page.locator('[name=email]').click();
  await pay(page);
  const expiry = page.frameLocator('hushfield-card iframe').locator('#expiry');
  await expect(expiry).toBeFocused();
  expect(await sent(page)).toStrictEqual([]);

  await fillField(page, 'expiry', cards.visa.expiry);
  await expect.poll(() => isValid(page)).toBe(true);
  await pay(page);
  await expect.poll(async () => (await sent(page)).length).toBe(1);
});

test('says in the page what no field is to blame for, and tries again', async ({
  page,
  merchant,
}) => {
  const url = await elementsPage(merchant, form(merchant, CARD), { script: OWN_SUBMIT });
  await page.goto(url);
  await fillCard(page, cards.visa);
  const session = `${'a'.repeat(40)}.${'a'.repeat(86)}`;
  await group(page).evaluate((element, text) => element.setAttribute('session', text), session);
  await pay(page);
  await expect(page.getByRole('alert')).toHaveText(/session/i);
  expect(await isValid(page)).toBe(true);
  await group(page).evaluate((element) => element.removeAttribute('session'));
  await pay(page);
  await expect.poll(async () => (await sent(page)).length).toBe(1);
  await expect(page.getByRole('alert')).toBeEmpty();
});

test('sends the same token again until a card is typed', async ({ page, merchant }) => {
  const url = await elementsPage(merchant, form(merchant, SEPARATE), { script: OWN_SUBMIT });
  await page.goto(url);
  await fillCard(page, cards.visa);
  await pay(page);
  await expect.poll(async () => (await sent(page)).length).toBe(1);
  // Emptied, as the page is told some ticks later.
  await page.waitForTimeout(400);
  await pay(page);
  await expect.poll(async () => (await sent(page)).length).toBe(2);
  await fillCard(page, cards.amex);
  await pay(page);
  await expect.poll(async () => (await sent(page)).length).toBe(3);
  const value = () => group(page).evaluate((element) => Reflect.get(element, 'value'));
  const [first, second, third] = await sent(page);
  expect(second).toBe(first);
  expect(third).not.toBe(first);

  // Nor does it come back with the page.
  expect(await value()).toBe(third);
  await page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  });
  expect(await value()).toBe('');
});

test('takes no part in the form without a name, nor in a disabled fieldset', async ({
  page,
  merchant,
}) => {
  const body = form(merchant, CARD, '').replace('<hushfield', '<fieldset><hushfield');
  await page.goto(await elementsPage(merchant, body, { script: OWN_SUBMIT }));
  await fillCard(page, refusedCards.expired);
  const { error } = await group(page).evaluate((element) =>
    Reflect.get(element, 'tokenize').call(element),
  );
  expect([error.code, await isValid(page)]).toStrictEqual(['expired_card', true]);
  await pay(page);
  expect(await sent(page)).toStrictEqual([null]);
  await page.evaluate(() =>
    document.querySelector('hushfield-group')?.setAttribute('name', 'token'),
  );
  await page.evaluate(() => document.querySelector('fieldset')?.toggleAttribute('disabled', true));
  const number = page.frameLocator('hushfield-card iframe').locator('#number');
  await expect(number).toBeDisabled();
  await page.evaluate(() => document.querySelector('form')?.requestSubmit());
  expect(await sent(page)).toStrictEqual([null, null]);
  await page.evaluate(() => document.querySelector('fieldset')?.toggleAttribute('disabled', false));
  await expect(number).toBeEnabled();
  // A reset empties what cannot be read.
  await page.evaluate(() => document.querySelector('form')?.reset());
  await expect(number).toHaveValue('');
});

test('collects the security code of a saved card', async ({ page, merchant }) => {
  await page.goto(await elementsPage(merchant, form(merchant, CARD), { script: OWN_SUBMIT }));
  await fillCard(page, cards.visa);
  await pay(page);
  await expect.poll(async () => (await sent(page)).length).toBe(1);
  const [id] = await sent(page);
  const code = '<hushfield-card-cvc></hushfield-card-cvc>';
  const saved = form(merchant, code, `name="token" token="${id}"`);
  await page.goto(await elementsPage(merchant, saved));
  await fillField(page, 'cvc', '12');
  await clearField(page, 'cvc');
  await fillField(page, 'cvc', '123');
  expect((await posted(merchant, () => pay(page)))['token']).toBe(id);
});
