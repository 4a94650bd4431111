import type { FrameLocator } from '@playwright/test';
import { honestPage, openCardWith, updateCard, warningsOf } from '../support/honest-page.ts';
import { expect, test } from '../support/merchant.ts';

const border = (frame: FrameLocator) =>
  frame
    .locator('[autocomplete=cc-number]')
    .evaluate((input) => getComputedStyle(input).borderTopColor);

const GREEN = 'rgb(27, 127, 59)';
const RED = 'rgb(180, 35, 24)';
const rules = {
  input: {
    base: { borderColor: '#123456', borderWidth: 2 },
    complete: { borderColor: '#1b7f3b' },
    hover: { borderColor: '#abcdef' },
  },
};

for (const theme of ['light', 'flat', 'none'] as const)
  test(`paints by state, and leaves our own mark of a mistake where it is (${theme})`, async ({
    page,
    merchant,
  }) => {
    const frame = await openCardWith(page, merchant, { appearance: { theme, rules } });
    const number = frame.locator('[autocomplete=cc-number]');
    expect(await border(frame)).toBe('rgb(18, 52, 86)');
    await number.fill('4242424242424242');
    await page.keyboard.press('Tab');
    await expect.poll(() => border(frame)).toBe(GREEN);
    await number.fill('4242424242424241');
    await page.keyboard.press('Tab');
    await number.hover();
    await expect.poll(() => border(frame)).toBe(RED);
  });

test('lets a page have its own mark of a mistake', async ({ page, merchant }) => {
  const invalid = { borderColor: '#1b7f3b' };
  const frame = await openCardWith(page, merchant, {
    appearance: { rules: { input: { invalid } } },
  });
  await frame.locator('[autocomplete=cc-number]').fill('4242424242424241');
  await page.keyboard.press('Tab');
  await expect.poll(() => border(frame)).toBe(GREEN);
});

test('fetches looks for those who want them alone', async ({ page, merchant }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await openCardWith(page, merchant, { appearance: { theme: 'dark', variables: { radius: 2 } } });
  expect(asked.filter((path) => path.includes('looks'))).toStrictEqual([]);
  await updateCard(page, { appearance: { labels: 'floating' } });
  await expect.poll(() => asked.filter((path) => path.includes('looks')).length).toBe(1);
});

test('stays plain and says so, where a look cannot be had', async ({ page, merchant }) => {
  await page.route('**/assets/looks-*', (route) => route.abort());
  const frame = await openCardWith(page, merchant, { appearance: { theme: 'flat', rules } });
  await expect(frame.getByLabel('Card number')).toBeVisible();
  await expect.poll(() => warningsOf(page)).toContain('appearance_failed');
});

test('does not wait for a look that never comes', async ({ page, merchant }) => {
  await page.route('**/assets/looks-*', () => {});
  const frame = await openCardWith(page, merchant, { appearance: { labels: 'floating' } });
  await expect(frame.getByLabel('Card number')).toBeVisible();
  await expect.poll(() => warningsOf(page)).toContain('appearance_failed');
});

test('is what was asked for last, whatever has to be waited for', async ({ page, merchant }) => {
  const frame = await openCardWith(page, merchant, { fields: ['number', 'expiry', 'cvc', 'name'] });
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/assets/*', async (route) => {
    await asked;
    await route.continue();
  });
  await updateCard(page, {
    appearance: { theme: 'flat', rules },
    locale: 'de',
    fields: ['number'],
  });
  await frame.locator('[autocomplete=cc-name]').fill('Zoë');
  await updateCard(page, {
    ...{ appearance: { theme: 'light' }, locale: 'auto' },
    fields: ['number', 'expiry', 'cvc', 'name'],
  });
  answer();
  await page.waitForTimeout(700);
  await expect(frame.locator('[autocomplete=cc-name]')).toHaveValue('Zoë');
  await expect(frame.getByLabel('Card number')).toBeVisible();
  expect(await border(frame)).not.toBe('rgb(18, 52, 86)');
  expect(await warningsOf(page)).toStrictEqual([]);
});

test('has a name for its frame however long a label is', async ({ page, merchant }) => {
  const script = `
    window.elements = Hushfield(KEY).elements({ locale: 'de' });
    window.ready = elements.create('cardNumber', { labels: { number: 'x'.repeat(200) } }).mount('#card');
    ready.catch(() => {});`;
  await page.goto(honestPage(merchant, { script }));
  await page.evaluate(() => Reflect.get(window, 'ready'));
  await expect(page.locator('#card iframe')).toHaveAttribute('title', /^Gesichertes Feld: x+$/);
});
