import type { Page } from '@playwright/test';
import { fillField, fieldError } from '@hushfield/testing/playwright';
import { attack, saw } from '../support/attack.ts';
import { readToken } from '../support/backend.ts';
import { VISA } from '../support/cards.ts';
import { honestPage } from '../support/honest-page.ts';
import { type Answer, expect, test } from '../support/merchant.ts';

const IBAN = 'DE89370400440532013000';
const ACCOUNT = { routingNumber: '110000000', accountNumber: '000123456789' };
const TEXT = 'K1-7734-9901';

const scriptOf = (...made: readonly [type: string, options?: object][]) => `
  window.elements = Hushfield(KEY).elements();
  window.made = ${JSON.stringify(made)}.map(([type, options]) => elements.create(type, options));
  window.told = [];
  for (const element of made) {
    element.on('change', (state) => told.push(state));
    element.on('warning', (warning) => told.push(warning));
  }
  window.ready = Promise.all(made.map((element, index) => element.mount('#box-' + index)));
  ready.catch(() => {});`;
const BOXES = [0, 1].map((index) => `<div id="box-${index}"></div>`).join('');

const pay = (page: Page): Promise<Answer & { token?: { type: string } }> =>
  page.evaluate(() => Reflect.get(window, 'elements').tokenize());
const told = (page: Page): Promise<string> =>
  page.evaluate(() => JSON.stringify(Reflect.get(window, 'told')));

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.evaluate(() => Reflect.get(window, 'ready').then(() => undefined));
}

test('an IBAN becomes a token, in groups of four and with nothing told of it', async ({
  page,
  merchant,
}) => {
  await open(page, honestPage(merchant, { script: scriptOf(['iban']), body: BOXES }));
  await fillField(page, 'iban', IBAN.toLowerCase());
  const input = page.frameLocator('#box-0 iframe').locator('input');
  await expect(input).toHaveValue('DE89 3704 0044 0532 0130 00');
  await expect(page.locator('#box-0 iframe')).toHaveAttribute('title', 'Secure field: IBAN');
  const { token, error } = await pay(page);
  expect(error).toBeUndefined();
  expect(token).toMatchObject({ type: 'iban', iban: { country: 'DE', last4: '3000' } });
  await expect(input).toHaveValue('');
  expect(await told(page)).not.toMatch(/3704|0532|DE89/);
  const { status, body } = await readToken(merchant.deployment, token?.id ?? '');
  expect(status).toBe(200);
  expect(body).toMatchObject({ type: 'iban', fingerprint: expect.stringMatching(/^fp1_/) });
});

test('says at an IBAN that its check digits are wrong, once it was left', async ({
  page,
  merchant,
}) => {
  await open(page, honestPage(merchant, { script: scriptOf(['iban']), body: BOXES }));
  await fillField(page, 'iban', 'DE88370400440532013');
  expect(await told(page)).not.toContain('"potentiallyValid":false');
  await fillField(page, 'iban', IBAN.replace('89', '88'));
  await page.keyboard.press('Tab');
  await expect.poll(() => fieldError(page, 'iban')).toBe('Check the IBAN.');
  expect((await pay(page)).error).toMatchObject({ code: 'invalid_iban', field: 'iban' });
});

test('a bank account becomes one of routing and account number', async ({ page, merchant }) => {
  await open(page, honestPage(merchant, { script: scriptOf(['accountNumber']), body: BOXES }));
  await page.frameLocator('#box-0 iframe').locator('#routingNumber').click();
  // The routing number is full after nine digits, and typing goes on in the next input.
  await page.keyboard.type(ACCOUNT.routingNumber + ACCOUNT.accountNumber);
  await page.waitForTimeout(450);
  const { token, error } = await pay(page);
  expect(error).toBeUndefined();
  expect(token).toMatchObject({
    type: 'bank_account',
    bankAccount: { country: 'US', last4: '6789' },
  });
  expect(await told(page)).not.toMatch(/0001|1234|1100/);
});

test('a text becomes one by the rule that the vault has for it', async ({ page, merchant }) => {
  const text: [string, object] = [
    'text',
    { policy: 'national-id', labels: { text: 'National identity number' } },
  ];
  await open(page, honestPage(merchant, { script: scriptOf(text), body: BOXES }));
  await fillField(page, 'text', 'K1-7');
  expect((await pay(page)).error).toMatchObject({ code: 'invalid_text', field: 'text' });
  await fillField(page, 'text', '4242 4242 4242 4242');
  expect((await pay(page)).error).toMatchObject({ code: 'invalid_text', field: 'text' });
  await fillField(page, 'text', TEXT);
  const { token, error } = await pay(page);
  expect(error).toBeUndefined();
  expect(token).toMatchObject({ type: 'text', text: { policy: 'national-id' } });
  expect(await told(page)).not.toMatch(/7734|4242/);
});

test('no rule of the name that a page gives: nothing is good enough', async ({
  page,
  merchant,
}) => {
  for (const options of [{}, { policy: 'diary' }, { policy: 'constructor' }]) {
    await open(page, honestPage(merchant, { script: scriptOf(['text', options]), body: BOXES }));
    await fillField(page, 'text', 'x');
    expect((await pay(page)).error).toMatchObject({ code: 'invalid_text' });
  }
});

test(
  'judges a text by the rule that it was typed under, whatever the page names later',
  attack(16, 'the page names one rule after another for one text that stands in the input'),
  async ({ page, merchant }) => {
    const rename = (policy: string) =>
      page.evaluate((name) => Reflect.get(window, 'made')[0].update({ policy: name }), policy);
    const typed = async (policy: string) => {
      const script = scriptOf(['text', { policy }]);
      await open(page, honestPage(merchant, { script, body: BOXES }));
      await fillField(page, 'text', TEXT);
    };
    await typed('diary');
    await rename('national-id');
    await page.waitForTimeout(300);
    expect((await pay(page)).error).toMatchObject({ code: 'invalid_text' });
    expect(await told(page)).not.toContain('"valid":true');
    await typed('national-id');
    await rename('diary');
    await page.waitForTimeout(300);
    const { token, error } = await pay(page);
    expect(error).toBeUndefined();
    expect(token).toMatchObject({ text: { policy: 'national-id' } });
    saw('2 rules named too late, 0 texts judged by them');
  },
);

test('makes one token of a group and never two', async ({ page, merchant }) => {
  await open(page, honestPage(merchant, { script: scriptOf(['iban'], ['card']), body: BOXES }));
  await fillField(page, 'iban', IBAN);
  await page.frameLocator('#box-1 iframe').locator('#number').click();
  await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
  await page.waitForTimeout(450);
  expect((await pay(page)).error).toMatchObject({ code: 'invalid_option' });
});

test('speaks the language of the page, also when that changes', async ({ page, merchant }) => {
  await open(
    page,
    honestPage(merchant, { script: scriptOf(['accountNumber', { locale: 'de' }]), body: BOXES }),
  );
  const frame = page.frameLocator('#box-0 iframe');
  await expect(frame.getByLabel('Kontonummer')).toBeVisible();
  await frame.getByLabel('Kontonummer').fill('0012');
  await page.evaluate(() => Reflect.get(window, 'made')[0].update({ locale: 'ar' }));
  await expect(frame.getByLabel('رقم الحساب')).toHaveValue('0012');
});
