import type { Page } from '@playwright/test';
import { coloursOf } from '../support/colours.ts';
import { elementsPage, groupOf } from '../support/elements-page.ts';
import { cardWith, honestPage, ONE_CARD } from '../support/honest-page.ts';
import { blockFields, holdFields, KEPT, keptPage, unblockFields } from '../support/loading-page.ts';
import { expect, test, tokenize, typeCard } from '../support/merchant.ts';
import { openApp } from '../support/react-app.ts';

const NONCE = 'bG9hZGluZw';
const SENTENCE = 'The secure fields did not load. Try again';

const read = <T>(page: Page, name: string): Promise<T> =>
  page.evaluate((name) => Reflect.get(window, name), name);

const container = (page: Page) => page.locator('#card');
const notice = (page: Page) => container(page).getByRole('alert');

/** The same colour, but for what dithering makes of it. */
const isNear = (one: number[], other: number[]) =>
  one.every((part, index) => Math.abs(part - (other[index] ?? 0)) <= 1);

test('moves nothing on the page when an element comes', { tag: '@chromium' }, async ({
  page,
  merchant,
}) => {
  // Frames of another process are not painted below the window's edge.
  await page.setViewportSize({ width: 800, height: 5_000 });
  const release = await holdFields(page);
  await page.goto(keptPage(merchant), { waitUntil: 'domcontentloaded' });
  await page.waitForTimeout(300);
  release();
  await page.evaluate(() => Reflect.get(window, 'ready').then(() => undefined));
  await page.waitForTimeout(500);
  const before = await read<number[]>(page, 'before');
  const after = await page.evaluate(() => Reflect.get(window, 'heights')());
  const named = (heights: number[]) => KEPT.map(({ name }, index) => `${name}: ${heights[index]}`);
  expect(named(after)).toStrictEqual(named(before));
  expect(await read(page, 'shifts')).toStrictEqual([]);

  // The books were kept.
  await page.evaluate(() => document.body.prepend(document.createElement('hr')));
  await expect.poll(async () => (await read<number[]>(page, 'shifts')).length).toBeGreaterThan(0);
});

for (const scheme of ['light', 'dark'])
  test(`draws a quiet outline on a ${scheme} page, and nothing of what is not ready`, {
    tag: '@chromium',
  }, async ({ page, merchant }) => {
    const paper = scheme === 'dark' ? [26, 51, 85] : [250, 240, 230];
    const head = `<style>:root { color-scheme: ${scheme}; background: rgb(${paper.join(' ')}) }</style>`;
    // A fifth of the way to grey.
    const bar = paper.map((part) => part * 0.8 + 136 * 0.2);
    const showsOutline = async () => {
      const colours = await coloursOf(page, container(page));
      const others = colours.filter((one) => !isNear(one, paper) && !isNear(one, bar));
      expect({ commonest: colours[0], others }).toStrictEqual({ commonest: paper, others: [] });
      expect(colours.some((one) => isNear(one, bar))).toBe(true);
    };
    const release = await holdFields(page);
    await page.goto(honestPage(merchant, { head }), { waitUntil: 'domcontentloaded' });
    await page.waitForTimeout(300);
    await expect(container(page)).toHaveAttribute('aria-busy', 'true');
    await showsOutline();
    release();
    await page.evaluate(() => Reflect.get(window, 'ready'));
    await expect(container(page)).not.toHaveAttribute('aria-busy');
    expect(await container(page).evaluate(({ children }) => children.length)).toBe(1);
    const frame = container(page).locator('iframe');
    await expect(frame).toHaveCSS('background-image', 'none');
    await expect(frame).toHaveCSS('padding', '0px');
    expect((await coloursOf(page, container(page))).length).toBeGreaterThan(20);

    // The browser's own page for what it could not load is white.
    await blockFields(page);
    await page.goto(honestPage(merchant, { head }));
    await page.waitForTimeout(1_000);
    await showsOutline();
  });

test('leaves a container as it was, however often', async ({ page, merchant }) => {
  const body = '<div id="card" class="mine"></div><div id="bare"></div>';
  await page.goto(honestPage(merchant, { body, script: cardWith({}) }));
  await page.evaluate(() => Reflect.get(window, 'ready'));
  const left = await page.evaluate(async () => {
    const card = Reflect.get(window, 'card');
    card.unmount();
    for (let round = 0; round < 50; round += 1) {
      void card.mount(round % 2 === 0 ? '#bare' : '#card').catch(() => {});
      if (round % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      card.unmount();
    }
    return ['#card', '#bare'].map((id) => document.querySelector(id)?.outerHTML);
  });
  expect(left).toStrictEqual(['<div id="card" class="mine"></div>', '<div id="bare"></div>']);
});

test('says that it did not load, and pays after another try, all by keys', async ({
  page,
  merchant,
}) => {
  await blockFields(page);
  const body = '<form><div id="card"></div></form><p>below</p>';
  await page.goto(honestPage(merchant, { body }));
  await expect(notice(page)).toHaveText(SENTENCE);
  await expect(notice(page)).toHaveAttribute('lang', 'en');
  await expect(container(page)).toHaveClass(/hushfield--failed/);
  await expect(container(page)).not.toHaveAttribute('aria-busy');
  const again = notice(page).getByRole('button', { name: 'Try again' });
  expect((await again.boundingBox())?.height).toBeGreaterThanOrEqual(44);

  // Still blocked: it says so again, and nothing was submitted.
  await page.keyboard.press('Tab');
  await expect(again).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(container(page)).toHaveAttribute('aria-busy', 'true');
  await expect(container(page)).not.toHaveClass(/hushfield--failed/);
  await expect(notice(page)).toHaveText(SENTENCE);
  expect(page.url()).not.toContain('?');

  await unblockFields(page);
  await again.focus();
  await page.keyboard.press('Enter');
  await expect(notice(page)).toHaveCount(0);
  // Whose button has gone finds the first input in its place.
  await expect(page.frameLocator('#card iframe').locator('#number')).toBeFocused();
  await typeCard(page);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('takes no focus from who has gone on meanwhile', async ({ page, merchant }) => {
  await blockFields(page);
  await page.goto(honestPage(merchant, { body: '<div id="card"></div><input id="mail">' }));
  await notice(page).waitFor();
  await unblockFields(page);
  const release = await holdFields(page);
  await notice(page).getByRole('button').click();
  await page.locator('#mail').click();
  release();
  await expect(container(page)).not.toHaveAttribute('aria-busy');
  await page.waitForTimeout(200);
  await expect(page.locator('#mail')).toBeFocused();
});

test("speaks the page's words, or leaves the speaking to the page", async ({ page, merchant }) => {
  const fallback = { message: 'Das Formular wurde nicht geladen.', retry: 'Noch einmal' };
  const script = `
    const elements = Hushfield(KEY).elements({ fallback: ${JSON.stringify(fallback)} });
    window.failed = 0;
    document.addEventListener('hushfield:loaderror', () => window.failed += 1);
    elements.create('card').mount('#card').catch(() => {});
    elements.create('cardCvc', { fallback: false }).mount('#own').catch(() => {});`;
  await blockFields(page);
  await page.goto(
    honestPage(merchant, { script, body: '<div id="card"></div><div id="own"></div>' }),
  );
  await expect.poll(() => read(page, 'failed')).toBe(2);
  await expect(notice(page)).toHaveText(`${fallback.message} ${fallback.retry}`);
  await expect(notice(page)).not.toHaveAttribute('lang');
  await expect(page.locator('#own')).toHaveClass(/hushfield--failed/);
  await expect(page.locator('#own')).toBeHidden();
});

test('keeps to a policy without styles while it loads and fails', async ({ page, merchant }) => {
  const { fieldsOrigin } = merchant.deployment;
  const policy = `default-src 'none'; script-src 'nonce-${NONCE}'; frame-src ${fieldsOrigin}; require-trusted-types-for 'script'; trusted-types 'none'`;
  const script = `
    window.violations = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      if (!blockedURI.endsWith('/favicon.ico')) violations.push(effectiveDirective);
    });${ONE_CARD}`;
  const headers = { 'content-security-policy': policy };
  await blockFields(page);
  await page.goto(honestPage(merchant, { nonce: NONCE, script, headers }));
  expect((await container(page).boundingBox())?.height).toBe(101);
  await expect(notice(page)).toHaveText(SENTENCE);
  await unblockFields(page);
  await notice(page).getByRole('button').click();
  await typeCard(page);
  expect(await read(page, 'violations')).toStrictEqual([]);
});

test('says once that a policy keeps it out, and offers no try that would come to the same', async ({
  page,
  merchant,
}) => {
  const headers = { 'content-security-policy': "frame-src 'none'" };
  const script = `window.told = [];
    document.addEventListener('hushfield:loaderror', ({ detail }) => told.push(detail.error.code));${ONE_CARD}`;
  await page.goto(honestPage(merchant, { script, headers }));
  await expect(notice(page)).toHaveText('The secure fields did not load.');
  await expect(notice(page).getByRole('button')).toHaveCount(0);
  // Longer than a document is given to speak.
  await page.waitForTimeout(3_500);
  expect(await read(page, 'told')).toStrictEqual(['frame_blocked_csp']);
});

test('is the same of a custom element and of a component', async ({ page, merchant }) => {
  await blockFields(page);
  const body = `<hushfield-group ${groupOf(merchant)}><hushfield-card></hushfield-card></hushfield-group>`;
  await page.goto(await elementsPage(merchant, body));
  const own = page.locator('hushfield-card');
  await expect(own).toHaveAttribute('aria-busy', 'true');
  expect((await own.boundingBox())?.height).toBe(101);
  await expect(own.getByRole('alert')).toHaveText(SENTENCE);

  await openApp(page, merchant);
  await expect(notice(page)).toHaveText(SENTENCE);
  await unblockFields(page);
  await notice(page).getByRole('button').click();
  await typeCard(page);
  await expect(container(page)).toHaveClass(/hushfield--complete/);
});
