import type { Page } from '@playwright/test';
import { newSession } from '../support/backend.ts';
import { VISA } from '../support/cards.ts';
import { honestPage } from '../support/honest-page.ts';
import { type Answer, expect, type Merchant, openCard, test } from '../support/merchant.ts';

/** Every element there is for a card, each in a frame of its own, in the order of a form. */
const SEPARATE = ['cardholderName', 'cardNumber', 'cardExpiry', 'cardCvc', 'postalCode'] as const;

const PARTS = `
  window.elements = Hushfield(KEY).elements();
  window.made = ${JSON.stringify(SEPARATE)}.map((type) => elements.create(type));
  window.ready = Promise.all(made.map((element, index) => element.mount('#box-' + index)));
  ready.catch(() => {});`;
const BOXES = SEPARATE.map((_type, index) => `<div id="box-${index}"></div>`).join('');
const WHOLE = `
  window.elements = Hushfield(KEY).elements();
  window.card = elements.create('card', { fields: ['name', 'number', 'expiry', 'cvc', 'postalCode'] });
  window.ready = card.mount('#card');
  ready.catch(() => {});`;

/** The vault takes a card under this session only when it came with all of them. */
async function demanding(
  page: Page,
  { deployment, origin }: Merchant,
  fields: readonly string[] = ['cvc', 'name', 'postalCode'],
): Promise<void> {
  const { session } = await newSession(deployment, { origins: [origin], fields });
  await page.evaluate((text) => Reflect.set(window, 'session', text), session);
}

const pay = (page: Page): Promise<Answer> =>
  page.evaluate(() =>
    Reflect.get(window, 'elements').tokenize({ session: Reflect.get(window, 'session') }),
  );

test('keeps a name and a postal code with a card of separate elements', async ({
  page,
  merchant,
}) => {
  await openCard(page, honestPage(merchant, { script: PARTS, body: BOXES }));
  const texts = ['Zoë Ångström', VISA.number, VISA.expiry, VISA.cvc, ' sw1a  1aa'];
  for (const [index, text] of texts.entries()) {
    await page.waitForTimeout(450);
    await page.frameLocator(`#box-${index} iframe`).locator('input').click();
    await page.keyboard.type(text);
  }
  await demanding(page, merchant);
  expect((await pay(page)).token?.id).toMatch(/^tok_test_/);
});

test('keeps them with a card in one frame too', async ({ page, merchant }) => {
  const frame = await openCard(page, honestPage(merchant, { script: WHOLE }));
  await frame.locator('[autocomplete=cc-name]').click();
  await page.keyboard.type('Zoë Ångström');
  await page.keyboard.press('Tab');
  await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
  await expect(frame.locator('[autocomplete=postal-code]')).toBeFocused();
  await page.keyboard.type('sw1a 1aa');
  await demanding(page, merchant);
  expect((await pay(page)).token?.id).toMatch(/^tok_test_/);
});

test('says at the postal code what is wrong with it', async ({ page, merchant }) => {
  const frame = await openCard(page, honestPage(merchant, { script: WHOLE }));
  await frame.locator('[autocomplete=postal-code]').fill('8');
  await page.keyboard.press('Tab');
  await expect(frame.getByRole('status')).toHaveText('Check the postal code.');
  await expect(frame.locator('[autocomplete=postal-code]')).toHaveAttribute('aria-invalid', 'true');
});

test('is refused by a session that asks for a postal code, where the page has none', async ({
  page,
  merchant,
}) => {
  const frame = await openCard(page, honestPage(merchant, {}));
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
  await demanding(page, merchant, ['postalCode']);
  expect((await pay(page)).error).toMatchObject({ code: 'required_field', field: 'postalCode' });
});
