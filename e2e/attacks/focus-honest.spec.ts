import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { VISA } from '../support/cards.ts';
import { cardFrame, expect, type Merchant, openCard, test } from '../support/merchant.ts';

/*
 * Whoever guards focus can also trap a person. None of what honest people and pages do may lock an
 * element or drag anyone back into it.
 */

const KEY_MS = 90;
/** From the last key to the mouse, the screen or another window. */
const HAND_MS = 500;

const BODY = `
  <label>E-mail <input id="mail"></label><button id="pay" type="button">Pay</button>
  <h2 id="heading" tabindex="-1">Order</h2>
  <dialog id="modal"><button id="ok">OK</button></dialog>`;

async function openAndType(page: Page, merchant: Merchant, digits = '424242'): Promise<void> {
  const url = merchant.cardPage({ fields: ['number'], body: BODY });
  const frame = await openCard(page, url);
  await page.evaluate(`
    window.warnings = [];
    window.clicks = 0;
    card.on('warning', ({ code }) => warnings.push(code));
    pay.onclick = () => { clicks += 1; };`);
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(digits, { delay: KEY_MS });
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);

/** Focus is where the shopper put it, and is still there when a guard would have acted. */
async function expectLeftAlone(page: Page, id: string): Promise<void> {
  await expect.poll(() => focused(page)).toBe(id);
  await page.waitForTimeout(150);
  expect(await focused(page)).toBe(id);
  expect(await page.evaluate(() => Reflect.get(window, 'warnings'))).toStrictEqual([]);
}

type Way = {
  readonly how: string;
  readonly to: string;
  readonly leave: (page: Page) => Promise<unknown>;
};

const WAYS: readonly Way[] = [
  { how: 'Tab', to: 'mail', leave: (page) => page.keyboard.press('Tab') },
  {
    how: 'a click on an input',
    to: 'mail',
    leave: async (page) => {
      await page.waitForTimeout(HAND_MS);
      await page.locator('#mail').click();
    },
  },
  {
    how: 'a paste and a page that moves on',
    to: 'mail',
    leave: async (page) => {
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('ControlOrMeta+c');
      await page.keyboard.press('ControlOrMeta+v');
      await page.evaluate('mail.focus()');
    },
  },
  {
    how: "a password manager's fill and a page that moves on",
    to: 'mail',
    leave: async (page) => {
      await page.waitForTimeout(HAND_MS);
      await cardFrame(page)
        .locator('[autocomplete=cc-number]')
        .evaluate((input: HTMLInputElement, number) => {
          input.value = number;
          input.dispatchEvent(new Event('input', { bubbles: true }));
        }, VISA.number);
      await page.evaluate('mail.focus()');
    },
  },
  {
    how: 'a modal that opens in a pause',
    to: 'ok',
    leave: async (page) => {
      await page.waitForTimeout(HAND_MS);
      await page.evaluate('modal.showModal()');
    },
  },
  {
    how: "a screen reader's jump to a heading",
    to: 'heading',
    leave: async (page) => {
      await page.waitForTimeout(HAND_MS);
      await page.locator('#heading').focus();
    },
  },
];

for (const { how, to, leave } of WAYS) {
  test(
    `drags nobody back who leaves by ${how}`,
    attack(6, `none: an honest shopper leaves by ${how}`),
    async ({ page, merchant }) => {
      await openAndType(page, merchant);
      await leave(page);
      await expectLeftAlone(page, to);
      saw('focus stayed where it was put, no warning');
    },
  );
}

test(
  'drags nobody back when the number is whole and the page moves on by itself',
  attack(6, 'none: the page focuses its next input on a complete number'),
  async ({ page, merchant }) => {
    // Of a brand that has one length: others are complete when they have been left.
    await openAndType(page, merchant, '37828224631000');
    await page.evaluate("card.on('change', ({ complete }) => { if (complete) mail.focus(); })");
    await page.keyboard.type('5');
    await expectLeftAlone(page, 'mail');
  },
);

test(
  'does not lock over three modals that open in the middle of typing',
  attack(
    6,
    'none: the page opens a modal dialog within 100 ms of a digit, with a focus trap',
    '@once',
  ),
  async ({ page, merchant }) => {
    await openAndType(page, merchant, '4242');
    await page.evaluate(`document.addEventListener('focusin', ({ target }) => {
      if (modal.open && !modal.contains(target)) ok.focus();
    })`);
    for (let round = 0; round < 3; round += 1) {
      await page.evaluate('modal.showModal()');
      // As sudden as a theft, so focus is taken back; and let go again, since no digit follows.
      await page.waitForTimeout(1_200);
      await page.locator('#ok').click();
      await page.evaluate('modal.close()');
      await cardFrame(page).locator('[autocomplete=cc-number]').click();
      await page.keyboard.type('42', { delay: KEY_MS });
    }
    expect(await page.evaluate(() => Reflect.get(window, 'warnings'))).not.toContain('focus_lost');
    await expect(cardFrame(page).locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 42');
  },
);

test(
  'lets a click faster than any hand count, and lets go within a second',
  attack(6, 'none: a click on Pay 100 ms after a digit, and nothing typed after it'),
  async ({ page, merchant }) => {
    await openAndType(page, merchant);
    await page.locator('#pay').click();
    expect(await page.evaluate(() => Reflect.get(window, 'clicks'))).toBe(1);
    await page.waitForTimeout(1_300);
    // Nothing holds the caret: the next digit goes nowhere, and is counted by nobody.
    await page.keyboard.type('9');
    const input = cardFrame(page).locator('[autocomplete=cc-number]');
    await expect(input).toHaveValue('4242 42');
    expect(await page.evaluate(() => Reflect.get(window, 'warnings'))).toStrictEqual([]);
  },
);

test(
  'does not count another window, and takes up where it was left',
  attack(6, 'none: Alt and Tab to another window and back, three times'),
  async ({ page, context, merchant }) => {
    await openAndType(page, merchant, '4242');
    const other = await context.newPage();
    for (let round = 0; round < 3; round += 1) {
      await page.keyboard.down('Alt');
      await other.bringToFront();
      await other.waitForTimeout(100);
      await page.bringToFront();
      await page.keyboard.up('Alt');
      await cardFrame(page).locator('[autocomplete=cc-number]').focus();
      await page.keyboard.type('42', { delay: KEY_MS });
    }
    await expect(cardFrame(page).locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 42');
    expect(await page.evaluate(() => Reflect.get(window, 'warnings'))).toStrictEqual([]);
  },
);

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true });
  test(
    'drags nobody back who taps away',
    // Taps that come by BiDi focus nothing, on a page without any frame either.
    attack(6, 'none: an honest shopper taps another input', '@chromium'),
    async ({ page, merchant }) => {
      await openAndType(page, merchant);
      await page.waitForTimeout(HAND_MS);
      await page.locator('#mail').tap();
      await expectLeftAlone(page, 'mail');
    },
  );
});

test(
  'does not count what an input method composes',
  attack(6, 'none: digits come by a composition, and the shopper clicks away', '@chromium'),
  async ({ page, merchant }) => {
    await openAndType(page, merchant, '4242');
    const session = await page.context().newCDPSession(page);
    await session.send('Input.imeSetComposition', {
      text: '42',
      selectionStart: 2,
      selectionEnd: 2,
    });
    await session.send('Input.insertText', { text: '42' });
    await page.waitForTimeout(HAND_MS);
    await page.locator('#mail').click();
    await expectLeftAlone(page, 'mail');
    await expect(cardFrame(page).locator('[autocomplete=cc-number]')).toHaveValue('4242 42');
  },
);
