import { canaryNumber, VISA } from '../support/cards.ts';
import { expect, openCard, test } from '../support/merchant.ts';

const EVENTS = [
  'keydown',
  'keypress',
  'keyup',
  'beforeinput',
  'input',
  'change',
  'paste',
  'copy',
  'cut',
  'compositionstart',
  'compositionupdate',
  'compositionend',
  'selectionchange',
  'drop',
];

const LISTEN = `
  window.heard = [];
  for (const type of ${JSON.stringify(EVENTS)}) {
    for (const target of [window, document]) {
      target.addEventListener(type, ({ key, data }) => heard.push({ type, key, data }), true);
    }
  }`;

test('lets the page hear no key, input or paste', async ({ page, merchant }) => {
  const url = merchant.cardPage({ prelude: LISTEN, body: '<input id="own">' });
  const frame = await openCard(page, url);
  const heard = () => page.evaluate(() => Reflect.get(window, 'heard'));
  await frame.locator('[autocomplete=cc-number]').click();
  await page.evaluate(() => Reflect.get(window, 'heard').splice(0));
  await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+c');
  await page.keyboard.press('ControlOrMeta+v');
  await page.keyboard.press('Backspace');
  expect(await heard()).toStrictEqual([]);

  await page.locator('#own').click();
  await page.keyboard.type('7');
  expect(await heard()).not.toStrictEqual([]);
});

const WATCH = `
  window.seen = [];
  const see = (what) => seen.push(typeof what === 'string' ? what : JSON.stringify(what));
  new MutationObserver(() => see(document.documentElement.outerHTML)).observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
  addEventListener('message', ({ data }) => see(data));
  for (const type of ['ready', 'change', 'focus', 'blur', 'autofill', 'networkschange', 'submit', 'escape']) {
    addEventListener('hushfield:' + type, ({ detail }) => see(detail));
  }
  const Channel = MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      this.port1.addEventListener('message', ({ data }) => see(data));
    }
  };`;

/** All runs of digits in a text that are long enough to be part of a card number. */
const typedRuns = (texts: readonly string[], typed: string) =>
  texts.flatMap((text) => text.match(/\d{5,}/g) ?? []).filter((run) => typed.includes(run));

test('lets the page see no typed digit in its DOM, messages, ports and events', async ({
  page,
  merchant,
}) => {
  const number = canaryNumber('49176100');
  const frame = await openCard(page, merchant.cardPage({ prelude: WATCH }));
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(`${number}${VISA.expiry}835`);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+Tab');
  await page.waitForTimeout(400);
  const seen = (): Promise<string[]> => page.evaluate(() => Reflect.get(window, 'seen'));
  const before = await seen();
  expect(before.length).toBeGreaterThan(8);
  expect(typedRuns(before, number)).toStrictEqual([]);
  // Nor do the frames' own documents hold a value where a selector could read it.
  for (const document of page.frames()) {
    expect(typedRuns([await document.content()], number)).toStrictEqual([]);
  }

  await page.evaluate((digits) => document.body.setAttribute('data-leak', digits), number);
  expect(typedRuns(await seen(), number)).not.toStrictEqual([]);
});

test('lets the page reach into no frame: window, document, storage and history are closed to it', async ({
  page,
  merchant,
}) => {
  const frame = await openCard(page, merchant.cardPage());
  await frame.locator('[autocomplete=cc-number]').fill(VISA.number);
  const reached = await page.evaluate(() =>
    [...document.querySelectorAll('iframe')].flatMap((iframe) =>
      [
        'document',
        'localStorage',
        'name',
        'history',
        'frameElement',
        'getSelection',
        'origin',
      ].filter((name) => {
        try {
          return Reflect.get(iframe.contentWindow as object, name) !== undefined;
        } catch {
          return false;
        }
      }),
    ),
  );
  expect(reached).toStrictEqual([]);
});
