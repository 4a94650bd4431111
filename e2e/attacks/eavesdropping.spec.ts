import { attack, saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { expect, openCard, test } from '../support/merchant.ts';

const EVENTS = [
  ...['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'change', 'textInput'],
  ...['paste', 'copy', 'cut', 'beforepaste', 'beforecopy', 'beforecut'],
  ...['compositionstart', 'compositionupdate', 'compositionend', 'selectionchange', 'select'],
  ...['pointerdown', 'pointerup', 'pointermove', 'pointerrawupdate', 'pointercancel'],
  ...['mousedown', 'mouseup', 'mousemove', 'click', 'dblclick', 'auxclick', 'contextmenu'],
  ...['touchstart', 'touchmove', 'touchend', 'touchcancel', 'wheel', 'drag', 'dragstart', 'drop'],
  ...['submit', 'invalid', 'search', 'scroll'],
];

/** Listens at the window, the document, the container and each iframe, also those still to come. */
const LISTEN = `
  window.heard = [];
  const listen = (target) => {
    for (const type of ${JSON.stringify(EVENTS)}) {
      target.addEventListener(type, ({ key, data }) => heard.push({ type, key, data }), true);
      if ('on' + type in target) target['on' + type] = () => heard.push({ type });
    }
  };
  listen(window);
  listen(document);
  new MutationObserver((records) => {
    for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node instanceof HTMLElement) listen(node);
    }
  }).observe(document, { subtree: true, childList: true });`;

test(
  'lets the page hear no key, input, paste, touch or move of the mouse in a frame',
  attack(7, `${EVENTS.length} kinds of event, at window, document, container and iframe`),
  async ({ page, merchant }) => {
    const url = merchant.cardPage({ prelude: LISTEN, body: '<input id="own">' });
    const frame = await openCard(page, url);
    const heard = (): Promise<{ type: string }[]> =>
      page.evaluate(() => Reflect.get(window, 'heard').splice(0));
    const number = frame.locator('[autocomplete=cc-number]');
    const act = async () => {
      await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('ControlOrMeta+c');
      await page.keyboard.press('ControlOrMeta+v');
      await page.keyboard.press('Backspace');
    };
    await number.click();
    // What crosses the edge of an iframe is the page's; what happens inside is not.
    await heard();
    await number.dblclick({ button: 'left' });
    await number.click({ position: { x: 30, y: 10 } });
    await act();
    expect(await heard()).toStrictEqual([]);

    await page.locator('#own').click();
    await act();
    const own = new Set((await heard()).map(({ type }) => type));
    for (const type of ['keydown', 'input', 'pointerdown', 'mousedown', 'click']) {
      expect([...own]).toContain(type);
    }
    saw(`0 events from the frame; ${own.size} kinds heard from an input of the page`);
  },
);

const WATCH = `
  window.seen = [];
  const see = (what) => seen.push(typeof what === 'string' ? what : JSON.stringify(what));
  new MutationObserver(() => see(document.documentElement.outerHTML)).observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
  addEventListener('message', ({ data }) => see(data));
  for (const type of ['ready', 'change', 'focus', 'blur', 'autofill', 'networkschange', 'binavailable', 'submit', 'escape']) {
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

test(
  'lets the page see no typed digit in its DOM, messages, ports and events',
  attack(
    [3, 7],
    'a MutationObserver on everything, all messages, all ports and all events, while a card is typed',
  ),
  async ({ page, merchant }) => {
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
    saw(`${before.length} things seen, 0 runs of 5 typed digits`);
    // Nor do the frames' own documents hold a value where a selector could read it.
    for (const document of page.frames()) {
      expect(typedRuns([await document.content()], number)).toStrictEqual([]);
    }

    await page.evaluate((digits) => document.body.setAttribute('data-leak', digits), number);
    expect(typedRuns(await seen(), number)).not.toStrictEqual([]);
  },
);

test(
  'lets the page reach into no frame: window, document, storage and history are closed to it',
  attack(7, 'document, storage, name, history, selection and origin of each frame, from the page'),
  async ({ page, merchant }) => {
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
    saw('7 doors of each frame, 0 open');
  },
);

test(
  'lets the page hear no touch and no composition in a frame',
  attack(7, 'taps and an input method, with the same listeners', '@full', '@chromium'),
  async ({ browser, merchant }) => {
    const context = await browser.newContext({ hasTouch: true });
    try {
      const page = await context.newPage();
      const frame = await openCard(
        page,
        merchant.cardPage({
          prelude: LISTEN,
          fields: ['name', 'number'],
          body: '<input id="own">',
        }),
      );
      const heard = (): Promise<{ type: string }[]> =>
        page.evaluate(() => Reflect.get(window, 'heard').splice(0));
      const driver = await context.newCDPSession(page);
      const compose = async () => {
        await driver.send('Input.imeSetComposition', {
          text: 'かん',
          selectionStart: 2,
          selectionEnd: 2,
        });
        await driver.send('Input.insertText', { text: '漢' });
      };
      const name = frame.locator('[autocomplete=cc-name]');
      await name.tap();
      await heard();
      await name.tap();
      await compose();
      expect(await heard()).toStrictEqual([]);
      await page.locator('#own').tap();
      await compose();
      const own = new Set((await heard()).map(({ type }) => type));
      for (const type of ['touchstart', 'compositionstart', 'compositionupdate'])
        expect([...own]).toContain(type);
      saw(
        `0 events from the frame; ${own.size} kinds heard from an input of the page; typed inside: ${(await name.inputValue()).length} signs`,
      );
    } finally {
      await context.close();
    }
  },
);
