import type { Locator, Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { importToken, newGrant } from '../support/backend.ts';
import { VISA } from '../support/cards.ts';
import { chromiumOptions } from '../support/engines.ts';
import { grantingKey } from '../support/granting-key.ts';
import { honestPage } from '../support/honest-page.ts';
import { expect, type Merchant, test } from '../support/merchant.ts';

// A browser without a head hides the bars that would take room in everybody else's.
test.use({
  launchOptions: { ...chromiumOptions(), ignoreDefaultArgs: ['--hide-scrollbars'] },
});

const SCRIPT = `
  window.elements = Hushfield(KEY).elements();
  window.told = [];
  window.dropped = [];
  for (const type of ['dragenter', 'dragover', 'drop'])
    addEventListener(type, (event) => {
      event.preventDefault();
      if (type === 'drop') dropped.push(event.dataTransfer.getData('text/plain'));
    }, true);
  window.made = ['reveal', 'copyButton'].map((type) => elements.create(type));
  for (const element of made)
    for (const event of ['change', 'copy', 'warning'])
      element.on(event, (payload) => told.push([event, payload]));
  window.ready = Promise.all(made.map((element, index) => element.mount('#box-' + index)));
  ready.catch(() => {});`;
// Little room, so that what is long does not fit; and the page's own that scrolls and that can be dragged.
const BODY = `
  <div style="width: 180px"><div id="box-0"></div><div id="box-1"></div></div>
  <div id="scrolls" style="width: 60px; overflow-x: auto"><p style="width: 200px">wide</p></div>
  <input id="own" value="the page's own">
  <div id="target" style="height: 200px">drop here</div>`;

let key = '';
test.beforeAll(async ({ merchant }) => {
  // The vault is stopped for it and started anew, which a busy machine takes its time for.
  test.setTimeout(90_000);
  key = await grantingKey(merchant.deployment);
});

const frameAt = (page: Page, index: 0 | 1) => page.frameLocator(`#box-${index} iframe`);
const shownIn = (page: Page) => frameAt(page, 0).locator('output');
/** What the page heard, of one element after the other: which of two frames speaks first is chance. */
const told = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const heard = (Reflect.get(window, 'told') as unknown[]).map((one) => JSON.stringify(one));
    return `[${heard.toSorted().join()}]`;
  });

async function open(page: Page, merchant: Merchant): Promise<void> {
  await page.goto(honestPage(merchant, { script: SCRIPT, body: BODY }));
  await page.evaluate(() => Reflect.get(window, 'ready').then(() => undefined));
}

/** Has a card with this name shown, as a backend and its page would. */
async function show(page: Page, { deployment, origin }: Merchant, name: string): Promise<void> {
  const card = { number: VISA.number, expMonth: 12, expYear: 2030, name };
  const token = await importToken(deployment, card);
  const wish = { purpose: 'reveal', token, redaction: 'plain', origins: [origin] };
  const grant = await newGrant(deployment, key, { ...wish, fields: ['name', 'number'] });
  const answer = await page.evaluate(
    (text) => Reflect.get(window, 'elements').reveal({ grant: text }),
    grant,
  );
  expect(answer.error).toBeUndefined();
  await expect(shownIn(page).first()).toHaveText(name);
  await page.waitForTimeout(300);
}

/** All that a page may measure of its frames, and of what they make of the page. */
const measured = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const frames = [...document.querySelectorAll('iframe')].map((frame) => [
      ...[frame.style.cssText, frame.offsetHeight, frame.offsetWidth, frame.clientHeight],
      ...[frame.scrollHeight, frame.scrollWidth, JSON.stringify(frame.getBoundingClientRect())],
    ]);
    return JSON.stringify({ frames, scrollWidth, scrollHeight });
  });

test(
  'tells by no size what it shows',
  attack(
    51,
    'heights, widths and scroll sizes while names of any length and script are shown',
    '@chromium',
  ),
  async ({ page, merchant }) => {
    const seen = new Set<string>();
    const names = [
      'Al',
      'Bartholomew Featherstonehaugh-Cholmondeley the Younger',
      '王小明',
      'זואי',
      'Ấỹ',
    ];
    for (const name of names) {
      await open(page, merchant);
      await show(page, merchant, name);
      seen.add((await measured(page)) + (await told(page)));
    }
    expect([...seen]).toHaveLength(1);
    // What is long overflows, and a bar takes room here where nothing stands against it.
    const overflow = (output: Locator) =>
      output.evaluate((element) => element.scrollWidth - element.clientWidth);
    await show(page, merchant, names[1] ?? '');
    expect(await overflow(shownIn(page).first())).toBeGreaterThan(100);
    const bar = await page
      .locator('#scrolls')
      .evaluate((box) => (box as HTMLElement).offsetHeight - box.clientHeight);
    expect(bar).toBeGreaterThan(0);
    saw(`${names.length} names, 1 set of sizes; the page's own box is ${bar} px higher by its bar`);
  },
);

/** Marks all of an element by three clicks, then pulls it onto the target. */
async function drag(page: Page, from: Locator): Promise<void> {
  const box = await from.boundingBox();
  const target = await page.locator('#target').boundingBox();
  if (!box || !target) throw new Error('nothing to drag');
  const [x, y] = [box.x + 24, box.y + box.height / 2];
  await page.mouse.click(x, y, { clickCount: 3 });
  await page.waitForTimeout(100);
  await page.mouse.move(x + 2, y);
  await page.mouse.down();
  await page.mouse.move(x + 20, y + 5, { steps: 5 });
  await page.mouse.move(target.x + 60, target.y + 60, { steps: 8 });
  await page.waitForTimeout(100);
  await page.mouse.up();
  await page.waitForTimeout(150);
}

test(
  'lets nothing that it shows be dragged into the page',
  attack(34, 'the mouse pulls a shown number out of the frame onto the page', '@chromium'),
  async ({ page, merchant }) => {
    await open(page, merchant);
    await show(page, merchant, 'Zoë');
    const root = frameAt(page, 0).locator('html');
    await root.evaluate(() => {
      const drags: string[] = [];
      Reflect.set(window, 'drags', drags);
      addEventListener('dragstart', ({ defaultPrevented }) =>
        drags.push(defaultPrevented ? 'stopped' : 'began'),
      );
    });
    await drag(page, shownIn(page).nth(1));
    expect(await root.evaluate(() => Reflect.get(window, 'drags'))).toStrictEqual(['stopped']);
    const dropped = () => page.evaluate(() => Reflect.get(window, 'dropped'));
    expect(await dropped()).toStrictEqual([]);
    // The same hand, from the page's own.
    await drag(page, page.locator('#own'));
    expect(await dropped()).toStrictEqual(["the page's own"]);
    saw('1 drag out of what is shown stopped, 0 drops; 1 of 1 from the page arrived');
  },
);

test(
  'shows nothing any more when the machine has slept for longer',
  attack(51, 'an hour passes on the clock and in no timer, and no event says so', '@chromium'),
  async ({ page, merchant }) => {
    await open(page, merchant);
    await show(page, merchant, 'Zoë');
    for (const index of [0, 1] as const)
      await frameAt(page, index)
        .locator('html')
        .evaluate(() => {
          const now = Date.now.bind(Date);
          Date.now = () => now() + 3_600_000;
        });
    await expect(shownIn(page)).toHaveText(['••••'], { timeout: 10_000 });
    await expect(frameAt(page, 1).getByRole('button')).toBeDisabled({ timeout: 10_000 });
    saw('hidden in both elements, with fifty seconds and more left by their timers');
  },
);
