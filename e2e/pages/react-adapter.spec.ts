import type { Page } from '@playwright/test';
import { saw } from '../support/attack.ts';
import { VISA } from '../support/cards.ts';
import { controllerFrames, fieldFrames, typeInto } from '../support/honest-page.ts';
import { countLeaks, kept } from '../support/leak-count.ts';
import { cardFrame, expect, test, typeCard, valuesIn } from '../support/merchant.ts';
import { hears, openApp, REACTS, seen, show } from '../support/react-app.ts';

const SAYS_TOKEN = /^tok_test_\w+ 4242$/;

const frames = (page: Page) => [fieldFrames(page).length, controllerFrames(page).length];

/** Keeps what the application writes into its console as an error. Call before the page loads. */
async function watchConsole(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const complaints: string[] = [];
    console.error = (...said: unknown[]) => void complaints.push(said.map(String).join(' '));
    Object.assign(window, { complaints });
  });
  return () => page.evaluate(() => Reflect.get(window, 'complaints'));
}

/** Pays by the page's own button, after a moment as a hand needs. */
async function pay(page: Page, form = 'checkout'): Promise<void> {
  await page.waitForTimeout(450);
  await page.locator(`#${form} button`).click();
  await expect(page.locator(`#${form} output`)).toHaveText(SAYS_TOKEN);
}

for (const react of REACTS) {
  test(`makes one frame and one controller under StrictMode, and pays (React ${react})`, async ({
    page,
    merchant,
  }) => {
    await countLeaks(page);
    const complaints = await watchConsole(page);
    await openApp(page, merchant, { react });
    await hears(page, 'first ready true');
    await expect.poll(() => frames(page)).toStrictEqual([1, 1]);
    expect((await seen(page)).asked).toStrictEqual({ groups: 1, elements: 1, updates: [] });
    expect((await kept(page)).frames).toBe(4);

    // In the middle of a number the page renders anew, with new objects and new functions.
    await cardFrame(page).locator('[autocomplete=cc-number]').click();
    await page.keyboard.type(VISA.number.slice(0, 9));
    await hears(page, 'first focus');
    await show(page, { hearer: 'second' });
    await page.keyboard.type(VISA.number.slice(9) + VISA.expiry + VISA.cvc);
    await hears(page, 'second change');
    await pay(page);

    const { asked, heard } = await seen(page);
    expect(asked).toStrictEqual({ groups: 1, elements: 1, updates: [] });
    expect(heard.filter((one) => one.endsWith('ready true'))).toHaveLength(1);
    expect(heard).toContain('first focus');
    const later = heard.slice(heard.findIndex((one) => one.startsWith('second')));
    expect(later.filter((one) => one.startsWith('first'))).toStrictEqual([]);
    expect((await kept(page)).unhandled).toStrictEqual([]);
    expect(await complaints()).toStrictEqual([]);
    saw(`1 group, 1 element, 1 field frame, 1 controller with React ${react}`);
  });
}

test('passes on what has changed by value, and nothing else', async ({ page, merchant }) => {
  await openApp(page, merchant);
  await hears(page, 'first ready true');
  await typeCard(page);
  const typed = await valuesIn(page);
  const label = cardFrame(page).locator('label').first();
  const updates = async () => (await seen(page)).asked.updates.length;

  await show(page, { options: { labels: { number: 'My number' } } });
  await expect(label).toHaveText('My number');
  await show(page, { options: { labels: { number: 'My number' } } });
  expect(await updates()).toBe(1);
  // What is said no more holds no more.
  await show(page, { options: {}, shared: { appearance: { variables: { fontSize: 21 } } } });
  await expect(label).toHaveText('Card number');
  const input = cardFrame(page).locator('input').first();
  await expect(input).toHaveCSS('font-size', '21px');
  await show(page, { shared: {} });
  await expect(input).toHaveCSS('font-size', '16px');
  expect(await updates()).toBe(3);
  // A mistake is told; what was right before goes on.
  await show(page, { options: { disabled: 'perhaps' } });
  await hears(page, 'first loaderror invalid_option');
  expect(await valuesIn(page)).toStrictEqual(typed);

  const container = page.locator('#card');
  await expect(container).toContainClass('field hushfield hushfield--complete');
  await show(page, { options: {}, className: 'wide  tall' });
  await expect(container).toContainClass('wide tall hushfield hushfield--complete');
  await expect(container).not.toContainClass('field');
  await pay(page);
});

test('mounts again wherever a route leads', async ({ page, merchant }) => {
  await openApp(page, merchant);
  await hears(page, 'first ready true');
  await show(page, { route: 'none' });
  await expect.poll(() => page.frames().length).toBe(1);
  await show(page, { route: 'card', hearer: 'back' });
  await hears(page, 'back ready true');
  // One goes and one of the same type comes in the same commit.
  await show(page, { place: 'there', hearer: 'there' });
  await hears(page, 'there ready true');
  await expect.poll(() => frames(page)).toStrictEqual([1, 1]);
  await show(page, { route: 'separate', hearer: 'apart' });
  await hears(page, 'apart ready false', 3);
  await expect.poll(() => frames(page)).toStrictEqual([3, 1]);
  await show(page, { route: 'card', hearer: 'again' });
  await hears(page, 'again ready true');
  await typeCard(page);
  await pay(page);
  const { asked, heard } = await seen(page);
  expect([asked.groups, asked.elements]).toStrictEqual([1, 7]);
  expect(heard.filter((one) => one.includes('loaderror'))).toStrictEqual([]);
});

test('outlives a neighbour that waits, and not an Activity that is hidden', async ({
  page,
  merchant,
}) => {
  await openApp(page, merchant);
  await hears(page, 'first ready true');
  await typeCard(page);
  const typed = await valuesIn(page);
  await show(page, { hidden: 'suspense' });
  await expect(page.locator('#card')).toBeHidden();
  await show(page, { hidden: 'no', hearer: 'awake' });
  await expect(page.locator('#card')).toBeVisible();
  expect(await valuesIn(page)).toStrictEqual(typed);
  expect((await seen(page)).heard).not.toContain('awake ready true');

  await show(page, { hidden: 'activity' });
  await expect.poll(() => page.frames().length).toBe(1);
  await show(page, { hidden: 'no', hearer: 'shown' });
  await hears(page, 'shown ready true');
  expect(await valuesIn(page)).toStrictEqual(['', '', '']);
  await typeCard(page);
  await pay(page);
});

for (const react of REACTS) {
  test(`takes over what a server has rendered (React ${react})`, async ({ page, merchant }) => {
    const complaints = await watchConsole(page);
    await openApp(page, merchant, { react, first: { rendered: true, instance: 'first' } });
    await hears(page, 'first ready true');
    await typeCard(page);
    await pay(page);
    const { asked, heard } = await seen(page);
    expect(asked.elements).toBe(1);
    expect(heard.filter((one) => one.includes('Error'))).toStrictEqual([]);
    expect(await complaints()).toStrictEqual([]);
  });
}

test('keeps the cards of two providers apart', async ({ page, merchant }) => {
  await openApp(page, merchant, { first: { providers: ['left', 'right'] } });
  await hears(page, 'first ready true', 2);
  await expect.poll(() => frames(page)).toStrictEqual([2, 2]);
  const box = page.locator('#right iframe').first();
  const right = await (await box.elementHandle())?.contentFrame();
  await typeInto(right ?? undefined);
  await pay(page, 'right');
  await page.locator('#left button').click();
  await expect(page.locator('#left output')).toHaveText('incomplete_number');
});

test('refuses another instance and another session, and keeps what was typed', async ({
  page,
  merchant,
}) => {
  const complaints = await watchConsole(page);
  await openApp(page, merchant, { first: { instance: 'none' } });
  await expect(page.locator('#checkout button')).toBeDisabled();
  await show(page, { instance: 'rejected' });
  await expect.poll(complaints).toStrictEqual([expect.stringContaining('not be loaded')]);
  // What came to nothing may be tried again.
  await show(page, { instance: 'first' });
  await hears(page, 'first ready true');
  await typeCard(page);
  for (const instance of ['second', 'second', 'promise']) await show(page, { instance });
  await show(page, { instance: 'first' });
  await show(page, { shared: { session: 'another' } });
  await expect.poll(async () => (await complaints()).length).toBe(3);
  for (const text of (await complaints()).slice(1))
    expect(text).toContain('<HushfieldProvider>: another');
  await pay(page);
  expect((await seen(page)).asked.groups).toBe(1);
});

test('tells of a second element of a type, and goes on with the first', async ({
  page,
  merchant,
}) => {
  await countLeaks(page);
  await openApp(page, merchant, { first: { route: 'twice' } });
  await hears(page, 'first loaderror invalid_option');
  await hears(page, 'first ready true');
  await typeCard(page);
  await pay(page);
  expect(fieldFrames(page)).toHaveLength(1);
  expect((await kept(page)).unhandled).toStrictEqual([]);
});

test('tells of what cannot be made, and throws nothing', async ({ page, merchant }) => {
  await countLeaks(page);
  const complaints = await watchConsole(page);
  await openApp(page, merchant, { first: { shared: { apperance: {} } } });
  await expect.poll(complaints).toStrictEqual([expect.stringContaining('apperance')]);
  await expect(page.locator('#checkout button')).toBeDisabled();
  await openApp(page, merchant, { first: { options: { feilds: [] } } });
  await hears(page, 'first loaderror invalid_option');
  await expect(page.locator('#checkout button')).toBeEnabled();
  // One telling for one mistake, and an element as soon as it is mended.
  await show(page, { options: { fields: [] } });
  await hears(page, 'first loaderror invalid_option', 2);
  await show(page, { options: {}, hearer: 'mended' });
  await hears(page, 'mended ready true');
  const { heard } = await seen(page);
  expect(heard.filter((one) => one.includes('loaderror'))).toHaveLength(2);
  await openApp(page, merchant, { first: { detached: true } });
  await hears(page, 'first loaderror container_not_in_dom');
  expect((await kept(page)).unhandled).toStrictEqual([]);
});

test('tells of a frame that is blocked, and lets the page try again', async ({
  page,
  merchant,
}) => {
  await countLeaks(page);
  const thrown: string[] = [];
  page.on('pageerror', (error) => thrown.push(String(error)));
  await openApp(page, merchant, { headers: { 'content-security-policy': "frame-src 'none'" } });
  await hears(page, 'first loaderror frame_blocked_csp');
  await page.evaluate(() => void Reflect.get(window, 'card').current.retry());
  await hears(page, 'first loaderror frame_blocked_csp', 2);
  await show(page, { route: 'none' });
  expect(await page.locator('main').count()).toBe(1);
  expect((await kept(page)).unhandled).toStrictEqual([]);
  // Firefox says of the policy itself that something was blocked.
  const own = thrown.filter((text) => !text.includes('Content-Security-Policy'));
  expect(own).toStrictEqual([]);
});

for (const { cycles, tag } of [
  { cycles: 40, tag: [] },
  { cycles: 200, tag: ['@full'] },
]) {
  test(`keeps nothing after ${cycles} mounts and unmounts by React`, { tag }, async ({
    page,
    merchant,
  }) => {
    test.slow(cycles > 100);
    await countLeaks(page);
    await openApp(page, merchant, { first: { route: 'none' } });
    await page.locator('main').waitFor();
    const before = await kept(page);
    await page.evaluate(async (cycles) => {
      const show = Reflect.get(window, 'show');
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      for (let cycle = 0; cycle < cycles; cycle += 1) {
        // At every moment of loading, whole providers too, and one for another in one commit.
        show({ route: 'card', providers: ['checkout'], place: `${cycle}` });
        await pause((cycle % 8) * 7);
        if (cycle % 3 === 0) show({ place: 'swapped' });
        show(cycle % 2 === 0 ? { route: 'none' } : { providers: [] });
        await pause(cycle % 2);
      }
    }, cycles);
    await expect.poll(() => page.frames().length).toBe(1);
    expect(await kept(page)).toStrictEqual(before);
    const { asked } = await seen(page);
    expect(asked.elements).toBeGreaterThan(cycles / 2);

    await show(page, { route: 'card', providers: ['checkout'], hearer: 'last' });
    await hears(page, 'last ready true');
    await typeCard(page);
    await pay(page);
    saw(`${cycles} cycles, ${asked.elements} elements in ${asked.groups} groups; nothing kept`);
  });
}
