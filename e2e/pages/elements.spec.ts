import { cards } from '@hushfield/testing/cards';
import { fillCard } from '@hushfield/testing/playwright';
import type { Page } from '@playwright/test';
import { saw } from '../support/attack.ts';
import { newSession } from '../support/backend.ts';
import { elementsPage, groupOf } from '../support/elements-page.ts';
import { controllerFrames, fieldFrames } from '../support/honest-page.ts';
import { countLeaks, kept } from '../support/leak-count.ts';
import { expect, test } from '../support/merchant.ts';

const NOTHING = { frames: 0, channels: 0, listeners: [], unhandled: [] };
const CARD = '<hushfield-card></hushfield-card>';

type Answer = { token?: { id: string }; error?: { code: string } };

/** What the group answers, wherever it stands. */
function tokenize(page: Page): Promise<Answer> {
  return page
    .locator('hushfield-group')
    .evaluate((group) => Reflect.get(group, 'tokenize').call(group));
}

async function pays(page: Page): Promise<void> {
  await fillCard(page, cards.visa);
  expect(await tokenize(page)).toMatchObject({
    token: { id: expect.stringMatching(/^tok_test_/) },
  });
}

test('is given its options by attributes and properties, before and after it is defined', async ({
  page,
  merchant,
}) => {
  const body = `<hushfield-group ${groupOf(merchant)}><hushfield-card fields=" number  expiry "></hushfield-card></hushfield-group>`;
  const script = `
    document.querySelector('hushfield-card').options = { labels: { number: 'The long one' } };
    const late = document.createElement('hushfield-group');
    late.id = 'late';
    for (const { name, value } of document.querySelector('hushfield-group').attributes) late.setAttribute(name, value);
    late.innerHTML = '<p><hushfield-card-cvc></hushfield-card-cvc></p>';
    document.body.append(late);`;
  await page.goto(await elementsPage(merchant, body, { script }));
  expect(page.frames().length).toBe(1);
  await page.evaluate(() => Reflect.get(window, 'define')());
  const card = page.frameLocator('hushfield-card iframe');
  await expect(card.getByLabel('The long one')).toBeVisible();
  await expect(card.locator('input')).toHaveCount(2);
  await expect(page.frameLocator('#late iframe').locator('#cvc')).toBeVisible();

  await page.evaluate(() => {
    const element = document.querySelector('hushfield-card');
    element?.setAttribute('fields', 'number expiry cvc name');
    Object.assign(element ?? {}, { options: { labels: { number: 'Another' } } });
  });
  await expect(card.getByLabel('Another')).toBeVisible();
  await expect(card.locator('input')).toHaveCount(4);
  await fillCard(page, { ...cards.visa, name: 'Ada' }, { within: 'hushfield-card' });
  await expect(page.locator('hushfield-card')).toHaveClass(/hushfield--complete/);
  const state = await page
    .locator('hushfield-card')
    .evaluate((element) => Reflect.get(element, 'getState').call(element));
  expect(state).toMatchObject({ elementType: 'card', brand: 'visa', complete: true });
});

test('starts anew with another locale, once for several attributes', async ({ page, merchant }) => {
  const body = `<hushfield-group ${groupOf(merchant)}>${CARD}</hushfield-group>`;
  await page.goto(await elementsPage(merchant, body));
  await pays(page);
  await page.evaluate(() => {
    const group = document.querySelector('hushfield-group');
    group?.setAttribute('locale', 'de');
    group?.setAttribute('locale', 'en-GB');
    Object.assign(group ?? {}, { appearance: { labels: 'none' } });
  });
  await expect.poll(() => fieldFrames(page).length).toBe(1);
  await pays(page);
});

for (const mode of ['open', 'closed'] as const) {
  test(`works in an ${mode} shadow root of the page's`, async ({ page, merchant }) => {
    const script = `
      define();
      const root = document.querySelector('shop-checkout').attachShadow({ mode: '${mode}' });
      root.innerHTML = '<form><hushfield-group name="token" ${groupOf(merchant)}><shop-card></shop-card></hushfield-group></form>';
      const inner = root.querySelector('shop-card').attachShadow({ mode: '${mode}' });
      inner.innerHTML = '${CARD}';
      window.group = root.querySelector('hushfield-group');
      window.seen = [];
      group.form.addEventListener('submit', (event) => event.preventDefault());
      document.addEventListener('hushfield:ready', ({ target }) => seen.push(target.localName));
      document.addEventListener('hushfield:token', ({ target }) => seen.push(target.localName));`;
    await page.goto(await elementsPage(merchant, '<shop-checkout></shop-checkout>', { script }));
    await expect.poll(() => page.evaluate(() => Reflect.get(window, 'seen').length)).toBe(1);
    const [frame] = fieldFrames(page);
    await frame?.locator('#number').click();
    await page.keyboard.type(cards.visa.number + cards.visa.expiry + cards.visa.cvc);
    await page.evaluate(() => Reflect.get(window, 'group').form.requestSubmit());
    await expect
      .poll(() => page.evaluate(() => Reflect.get(window, 'seen')))
      .toStrictEqual(['shop-checkout', 'shop-checkout']);
  });
}

test('keeps one frame when it is moved, or taken out and put back', async ({ page, merchant }) => {
  await countLeaks(page);
  const body = `<main><hushfield-group ${groupOf(merchant)}>${CARD}</hushfield-group></main><aside></aside>`;
  await page.goto(await elementsPage(merchant, body));
  await pays(page);
  const ways = [
    `document.querySelector('aside').append(document.querySelector('hushfield-group'))`,
    `{ const card = document.querySelector('hushfield-card'); const { parentNode } = card; card.remove(); parentNode.append(card); }`,
    `{ const group = document.querySelector('hushfield-group'); group.remove(); Promise.resolve().then(() => 0).then(() => document.body.prepend(group)); }`,
    `{ const group = document.querySelector('hushfield-group'); group.remove(); setTimeout(() => document.body.prepend(group), 50); }`,
  ];
  for (const way of ways) {
    await page.evaluate(way);
    await page.waitForTimeout(150);
    await pays(page);
    expect([way, fieldFrames(page).length, controllerFrames(page).length]).toStrictEqual([
      way,
      1,
      1,
    ]);
    expect((await kept(page)).frames).toBe(4);
  }
  await page.evaluate(() => document.querySelector('hushfield-group')?.remove());
  await expect.poll(() => kept(page)).toStrictEqual(NOTHING);
});

test('keeps what was typed when it is moved by `moveBefore`', async ({ page, merchant }) => {
  const body = `<main><hushfield-group ${groupOf(merchant)}>${CARD}</hushfield-group></main><aside></aside>`;
  await page.goto(await elementsPage(merchant, body));
  await fillCard(page, cards.visa);
  const moved = await page.evaluate(() => {
    const aside: object = document.querySelector('aside') ?? {};
    const moveBefore: unknown = Reflect.get(aside, 'moveBefore');
    if (typeof moveBefore !== 'function') return false;
    moveBefore.call(aside, document.querySelector('hushfield-group'), null);
    return true;
  });
  test.skip(!moved, 'this engine has no moveBefore');
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('tells a mistake where mistakes are told', async ({ page, merchant }) => {
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  const body = `
    <hushfield-group publishable-key="pk" fields-origin="${merchant.deployment.fieldsOrigin}">${CARD}</hushfield-group>
    <hushfield-group ${groupOf(merchant)}>${CARD}${CARD}</hushfield-group>
    <hushfield-group ${groupOf(merchant)}><hushfield-card fields="pin"></hushfield-card></hushfield-group>
    <hushfield-card-cvc></hushfield-card-cvc>`;
  await page.goto(await elementsPage(merchant, body));
  await expect.poll(() => errors.length).toBe(4);
  expect(errors.sort()).toStrictEqual([
    expect.stringContaining('(a second card)'),
    expect.stringContaining('(fields.0)'),
    expect.stringContaining('(publishable key)'),
    'hushfield-card-cvc: no group.',
  ]);
});

test('makes an element when its mistake is mended, or its place is free', async ({
  page,
  merchant,
}) => {
  const body = `<hushfield-group ${groupOf(merchant)}>
    <hushfield-card fields="numbr"></hushfield-card>${CARD}</hushfield-group>`;
  await page.goto(await elementsPage(merchant, body));
  await fillCard(page, cards.visa);
  await page.evaluate(() => {
    const [wrong, right] = document.querySelectorAll('hushfield-card');
    wrong?.setAttribute('fields', 'number expiry cvc');
    right?.remove();
  });
  await fillCard(page, cards.visa);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('refuses a brand of which its session takes none at its input', async ({ page, merchant }) => {
  const { session } = await newSession(merchant.deployment, {
    origins: [merchant.origin],
    brands: ['visa'],
  });
  const body = `<hushfield-group ${groupOf(merchant)} session="${session}">${CARD}</hushfield-group>`;
  await page.goto(await elementsPage(merchant, body));
  await fillCard(page, cards.mastercard);
  const state = () =>
    page
      .locator('hushfield-card')
      .evaluate((element) => Reflect.get(element, 'getState').call(element));
  await expect.poll(async () => (await state()).error?.code).toBe('brand_not_supported');
});

test('works under a policy of nonces, no style and no trusted types, with no violation', async ({
  page,
  merchant,
}) => {
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      if (!blockedURI.endsWith('/favicon.ico')) violations.push(effectiveDirective);
    });
  });
  const policy = [
    ...["default-src 'none'", "script-src 'nonce-c3RyaWN0'", "style-src 'none'"],
    `frame-src ${merchant.deployment.fieldsOrigin}`,
    ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
  ].join('; ');
  const headers = { 'content-security-policy': policy };
  const body = `<hushfield-group ${groupOf(merchant)}>${CARD}</hushfield-group><span id="inline"></span>`;
  await page.goto(await elementsPage(merchant, body, { nonce: 'c3RyaWN0', headers }));
  await pays(page);
  const violations = () => page.evaluate(() => Reflect.get(window, 'violations'));
  expect(await violations()).toStrictEqual([]);
  const display = await page
    .locator('hushfield-card')
    .evaluate((element) => getComputedStyle(element).display);
  expect(display).toBe('block');
  // The policy was on, and would have been seen.
  await page.evaluate(() => document.querySelector('#inline')?.setAttribute('style', 'color: red'));
  await expect.poll(violations).toStrictEqual(['style-src-attr']);
});

test('is defined under other names too', async ({ page, merchant }) => {
  const body = `<shop-group ${groupOf(merchant)}><shop-card></shop-card></shop-group><hushfield-group ${groupOf(merchant)}>${CARD}</hushfield-group>`;
  const script = `define(); define(); define({ prefix: 'shop' });`;
  await page.goto(await elementsPage(merchant, body, { script }));
  await fillCard(page, cards.jcb, { within: 'shop-group' });
  await fillCard(page, cards.visa, { within: 'hushfield-group' });
});

for (const { cycles, tag } of [
  { cycles: 200, tag: [] },
  { cycles: 1_000, tag: ['@full'] },
]) {
  test(`keeps nothing after ${cycles} times in and out`, { tag }, async ({ page, merchant }) => {
    test.slow();
    await countLeaks(page);
    const body = `<main><hushfield-group ${groupOf(merchant)}>${CARD}</hushfield-group></main>`;
    await page.goto(await elementsPage(merchant, body));
    await page.evaluate(async (count) => {
      const main = document.querySelector('main');
      const group = document.querySelector('hushfield-group');
      const card = document.querySelector('hushfield-card');
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      if (!main || !group || !card) throw new Error('there is nothing to take out');
      for (let cycle = 0; cycle < count; cycle += 1) {
        const [parent, child] = cycle % 3 === 0 ? [group, card] : [main, group];
        child.remove();
        if (cycle % 2 === 1) await pause(cycle % 10);
        if (cycle % 7 === 1) parent.innerHTML = '';
        parent.append(child);
        if (cycle % 5 > 1) await pause((cycle % 5) * 5);
      }
    }, cycles);
    await pays(page);
    expect([fieldFrames(page).length, controllerFrames(page).length]).toStrictEqual([1, 1]);
    const during = await kept(page);
    expect([during.frames, during.channels]).toStrictEqual([4, 4]);
    await page.evaluate(() => document.querySelector('main')?.remove());
    await expect.poll(() => kept(page)).toStrictEqual(NOTHING);
    await expect.poll(() => page.frames().length).toBe(1);
    saw(`${cycles} times in and out; one field while in, nothing kept after`);
  });
}
