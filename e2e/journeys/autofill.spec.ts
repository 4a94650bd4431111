import type { Frame, Page } from '@playwright/test';
import { fieldFrames, honestPage } from '../support/honest-page.ts';
import { expect, type Merchant, openCard, test } from '../support/merchant.ts';

/*
 * A card that the browser has saved, filled in by the browser itself: Chromium's own autofill, which its
 * protocol can be told to begin as a shopper would from an input. Nothing here dispatches an event.
 */

const SAVED = {
  number: '4242424242424242',
  name: 'Zoë Ångström',
  expiryMonth: '03',
  expiryYear: '2031',
  cvc: '123',
} as const;
const FILLED = ['4242 4242 4242 4242', '03 / 31', '123', 'Zoë Ångström'];

const TYPES = ['cardNumber', 'cardExpiry', 'cardCvc', 'cardholderName'] as const;
const BOXES = TYPES.map((_type, index) => `<div id="box-${index}"></div>`).join('');

const mountAll = (types: readonly string[], options: object) => `
  window.filled = [];
  window.elements = Hushfield(KEY).elements();
  window.made = ${JSON.stringify(types)}.map((type) => elements.create(type, ${JSON.stringify(options)}));
  for (const one of made) one.on('autofill', ({ field }) => filled.push(field));
  window.ready = Promise.all(made.map((one, index) => one.mount('#box-' + index)));
  ready.catch(() => {});`;

const LAYOUTS = {
  card: mountAll(['card'], { fields: ['number', 'expiry', 'cvc', 'name'] }),
  separate: mountAll(TYPES, {}),
} as const;

/** Begins to fill from an input, by its autocomplete. */
async function fillFrom(page: Page, purpose: string): Promise<void> {
  for (const frame of fieldFrames(page)) {
    const input = frame.locator(`[autocomplete=${purpose}]`);
    if ((await input.count()) === 0) continue;
    await input.click();
    return trigger(page, frame, `[autocomplete=${purpose}]`);
  }
  throw new Error(`no ${purpose} in any frame`);
}

async function trigger(page: Page, frame: Frame, selector: string): Promise<void> {
  const line = await page.context().newCDPSession(frame);
  const { frameTree } = await line.send('Page.getFrameTree');
  const { root } = await line.send('DOM.getDocument');
  const { nodeId } = await line.send('DOM.querySelector', { nodeId: root.nodeId, selector });
  const { node } = await line.send('DOM.describeNode', { nodeId });
  const frameId = frameTree.frame.id;
  await line.send('Autofill.trigger', { fieldId: node.backendNodeId, frameId, card: SAVED });
  await line.detach();
}

const values = async (page: Page) =>
  (
    await Promise.all(
      fieldFrames(page).map((frame) =>
        frame
          .locator('input')
          .evaluateAll((inputs) => inputs.map((one) => (one as HTMLInputElement).value)),
      ),
    )
  ).flat();

async function openEmpty(page: Page, merchant: Merchant, script: string): Promise<void> {
  const body = `<form>${BOXES}</form>`;
  await openCard(page, honestPage(merchant, { script, body }));
  // A browser looks for forms when a page has come to rest.
  await page.waitForTimeout(800);
}

for (const layout of ['card', 'separate'] as const) {
  for (const purpose of ['cc-number', 'cc-name'] as const) {
    const tag = purpose === 'cc-name' ? '@full' : [];
    test(`is filled whole by the browser, from ${purpose} (${layout})`, { tag }, async ({
      page,
      merchant,
    }) => {
      await openEmpty(page, merchant, LAYOUTS[layout]);
      await fillFrom(page, purpose);
      await expect.poll(() => values(page)).toStrictEqual(FILLED);
      // Focus is still where the shopper began: a page whose button waits for a whole card hears of it.
      const complete = () =>
        page.evaluate((): boolean[] =>
          Reflect.get(window, 'made').map(
            (one: HTMLElement & { getState(): { complete: boolean } }) => one.getState().complete,
          ),
        );
      await expect.poll(complete).not.toContain(false);
      expect(new Set(await page.evaluate(() => Reflect.get(window, 'filled')))).toStrictEqual(
        new Set(['number', 'expiry', 'cvc', 'name']),
      );
      const { token } = await page.evaluate(() => Reflect.get(window, 'elements').tokenize());
      expect(token).toMatchObject({ card: { last4: '4242', expMonth: 3, expYear: 2031 } });
    });
  }
}
