import type { Page } from '@playwright/test';
import { importToken, newGrant } from '../support/backend.ts';
import { grantingKey } from '../support/granting-key.ts';
import { VISA } from '../support/cards.ts';
import { honestPage } from '../support/honest-page.ts';
import { expect, type Merchant, test } from '../support/merchant.ts';

const SCRIPT = `
  window.elements = Hushfield(KEY).elements();
  window.told = [];
  window.made = ['reveal', 'copyButton'].map((type) => elements.create(type));
  for (const element of made)
    for (const event of ['change', 'copy', 'warning', 'ready', 'loaderror'])
      element.on(event, (payload) => told.push([event, payload]));
  window.ready = Promise.all(made.map((element, index) => element.mount('#box-' + index)));
  ready.catch(() => {});`;
const BOXES = [0, 1].map((index) => `<div id="box-${index}"></div>`).join('');

let key = '';
test.beforeAll(async ({ merchant }) => {
  key = await grantingKey(merchant.deployment);
});

type Answer = { token?: object; error?: { code: string } };
const reveal = (page: Page, grant: string): Promise<Answer> =>
  page.evaluate((text) => Reflect.get(window, 'elements').reveal({ grant: text }), grant);
const told = (page: Page): Promise<string> =>
  page.evaluate(() => JSON.stringify(Reflect.get(window, 'told')));
const shownIn = (page: Page) => page.frameLocator('#box-0 iframe').locator('output');
const buttonIn = (page: Page) => page.frameLocator('#box-1 iframe').getByRole('button');

async function open(page: Page, merchant: Merchant, script = SCRIPT): Promise<void> {
  await page.goto(honestPage(merchant, { script, body: BOXES }));
  await page.evaluate(() => Reflect.get(window, 'ready').then(() => undefined));
}

async function grantFor({ deployment, origin }: Merchant, wish: object = {}): Promise<string> {
  const card = { number: VISA.number, expMonth: 12, expYear: 2030, name: 'Zoë Ångström' };
  const token = await importToken(deployment, card);
  const grant = { purpose: 'reveal', token, redaction: 'plain', origins: [origin], ...wish };
  return newGrant(deployment, key, grant);
}

test('shows a card to the person at the page, and to the page nothing', async ({
  page,
  merchant,
}) => {
  await open(page, merchant);
  await expect(shownIn(page)).toHaveText('••••');
  const called = (await page.locator('#box-0 iframe').getAttribute('title')) ?? '';
  expect(called).toContain('Secure');
  expect(await shownIn(page).evaluate(() => document.title)).toBe(called);
  const answer = await reveal(
    page,
    await grantFor(merchant, { fields: ['number', 'expiry', 'name'], shownFor: 5 }),
  );
  expect(answer.error).toBeUndefined();
  expect(answer.token).toMatchObject({ object: 'token', revealed: true });
  await expect(shownIn(page)).toHaveText(['4242 4242 4242 4242', '12 / 30', 'Zoë Ångström']);
  const isEmpty = () => page.evaluate(() => Reflect.get(window, 'made')[0].getState().empty);
  await expect.poll(isEmpty).toBe(false);
  const seen = (await told(page)) + (await page.content()) + JSON.stringify(answer);
  expect(seen).not.toMatch(/4242|Ångström|12 \/ 30/);
  // And hides it by itself, when its time is over.
  await expect(shownIn(page)).toHaveText(['••••'], { timeout: 10_000 });
  await expect.poll(isEmpty).toBe(true);
});

test('shows no more than the grant allows, and that once', async ({ page, merchant }) => {
  await open(page, merchant);
  const grant = await grantFor(merchant, { redaction: 'last4' });
  expect((await reveal(page, grant)).error).toBeUndefined();
  await expect(shownIn(page)).toHaveText('4242');
  expect((await reveal(page, grant)).error?.code).toBe('not_found');
});

test('copies past the page, by a hand on the button alone', async ({
  page,
  merchant,
  context,
  browserName,
}) => {
  await open(page, merchant);
  await expect(buttonIn(page)).toBeDisabled();
  await reveal(page, await grantFor(merchant));
  await expect(buttonIn(page)).toBeEnabled();
  // A page that clicks by script has no hand.
  await buttonIn(page).dispatchEvent('click');
  await page.waitForTimeout(300);
  expect(await told(page)).not.toContain('"copy"');
  await buttonIn(page).click();
  await expect.poll(() => told(page)).toContain('["copy",{"field":"shown"}]');
  await expect(page.frameLocator('#box-1 iframe').getByRole('status')).toHaveText('Copied');
  if (browserName !== 'chromium') return;
  await context.grantPermissions(['clipboard-read'], { origin: merchant.origin });
  await page.locator('body').click({ position: { x: 2, y: 2 } });
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(VISA.number);
});

test('copies by the keyboard: with Enter and with Space on the button that is tabbed to', async ({
  page,
  merchant,
}) => {
  await open(page, merchant);
  await reveal(page, await grantFor(merchant));
  await expect(buttonIn(page)).toBeEnabled();
  const isThere = () => buttonIn(page).evaluate((button) => button.matches(':focus'));
  // At what is shown first, since a long text can be scrolled there.
  for (let stops = 0; stops < 3 && !(await isThere()); stops += 1) await page.keyboard.press('Tab');
  await expect(buttonIn(page)).toBeFocused();
  const copies = async () => (await told(page)).split('"copy"').length - 1;
  await page.keyboard.press('Enter');
  await expect.poll(copies).toBe(1);
  await page.keyboard.press('Space');
  await expect.poll(copies).toBe(2);
  await expect(buttonIn(page)).toBeFocused();
});

test.describe('refusals', () => {
  test('a grant that is none', async ({ page, merchant }) => {
    await open(page, merchant);
    const made = `gra_${'A'.repeat(22)}.${'B'.repeat(32)}`;
    expect((await reveal(page, made)).error?.code).toBe('not_found');
    await expect(reveal(page, 'gra_1')).rejects.toThrow('grant');
    await expect(shownIn(page)).toHaveText('••••');
  });

  test('a group that has nothing to show it in keeps the grant whole', async ({
    page,
    merchant,
  }) => {
    const grant = await grantFor(merchant);
    await open(page, merchant, SCRIPT.replace("['reveal', 'copyButton']", "['cardNumber']"));
    expect((await reveal(page, grant)).error?.code).toBe('element_not_found');
    await open(page, merchant);
    expect((await reveal(page, grant)).error).toBeUndefined();
  });
});

test('is empty again when the page asks', async ({ page, merchant }) => {
  await open(page, merchant);
  await reveal(page, await grantFor(merchant));
  await expect(shownIn(page)).toHaveText('4242 4242 4242 4242');
  await page.evaluate(() => Reflect.get(window, 'made')[0].clear());
  await expect(shownIn(page)).toHaveText('••••');
  await expect(buttonIn(page)).toBeEnabled();
  await page.evaluate(() => Reflect.get(window, 'made')[1].clear());
  await expect(buttonIn(page)).toBeDisabled();
});
