import type { FrameLocator, Page } from '@playwright/test';
import { VISA } from '../support/cards.ts';
import { fieldFrames } from '../support/honest-page.ts';
import {
  expect,
  type Merchant,
  openCard,
  test,
  tokenize,
  typeCard,
  valuesIn,
} from '../support/merchant.ts';
import {
  EDITS,
  type EditName,
  EXPIRIES,
  editEverywhere,
  expectedAfter,
  FILLERS,
  fillDocument,
  MARCH,
  NUMBER,
  PASTED,
  PASTED_TOO,
  type Row,
} from '../support/typings.ts';

/* What any engine lets a test do with keys, clipboard and events; `input-methods.spec.ts` has the rest. */

const input = (frame: FrameLocator, purpose: string) => frame.locator(`[autocomplete=${purpose}]`);

/** From the keys to the mouse: sooner, a field takes the loss of its focus for a theft. */
const HAND_MS = 450;

const CLIPBOARD = '<textarea id="clipboard"></textarea>';

function open(page: Page, merchant: Merchant, ...more: string[]): Promise<FrameLocator> {
  const fields = ['number', 'expiry', 'cvc', ...more];
  return openCard(page, merchant.cardPage({ fields, body: CLIPBOARD }));
}

/** Puts text on the clipboard the way a shopper does: by copying it from somewhere. */
async function copy(page: Page, text: string): Promise<void> {
  await page.locator('#clipboard').evaluate((source: HTMLTextAreaElement, copied) => {
    source.value = copied;
    source.focus();
    source.select();
  }, text);
  await page.keyboard.press('ControlOrMeta+c');
}

/** Runs one of the functions that travel as text inside the card. */
function inside(page: Page, run: (...args: never[]) => unknown, ...args: unknown[]) {
  const [frame] = fieldFrames(page);
  if (!frame) throw new Error('there is no field frame');
  return frame.evaluate(`(${String(run)})(...${JSON.stringify(args)})`);
}

type Filler = keyof typeof FILLERS;
/** What engines hardly differ in. */
const ONCE = { tag: '@once' };

test('goes on from number to expiry to code while one stream of digits is typed', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant);
  await typeCard(page);
  expect(await valuesIn(page)).toStrictEqual([
    '4242 4242 4242 4242',
    expect.stringMatching(/^12 \/ \d\d$/),
    '123',
  ]);
  await expect(input(frame, 'cc-csc')).toBeFocused();
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

async function pasteAll(page: Page, frame: FrameLocator, rows: readonly Row[]): Promise<void> {
  for (const [purpose, text, shown] of rows) {
    await copy(page, text);
    await input(frame, purpose).selectText();
    await page.keyboard.press('ControlOrMeta+v');
    await expect(input(frame, purpose), JSON.stringify(text)).toHaveValue(shown);
    // What the next of its kind would leave standing if it did nothing.
    await input(frame, purpose).fill('');
  }
}

test('takes what is pasted as people copy it, over a part of a number too', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant);
  await pasteAll(page, frame, PASTED);
  const number = input(frame, 'cc-number');
  await copy(page, '55-55');
  await number.fill('42424242');
  await number.evaluate((one: HTMLInputElement) => one.setSelectionRange(3, 7));
  await page.keyboard.press('ControlOrMeta+v');
  await expect(number).toHaveValue('4245 5554 2');
  expect(await number.evaluate((one: HTMLInputElement) => one.selectionStart)).toBe(8);
});

test('takes junk, unseen signs and digits of other scripts', ONCE, async ({ page, merchant }) => {
  await pasteAll(page, await open(page, merchant), PASTED_TOO);
});

/** The least and the most that is done; the rest lies between them. */
const EXTREMES = new Set<Filler>(['bare', 'as if entered and left']);

for (const by of Object.keys(FILLERS) as Filler[]) {
  const tag = EXTREMES.has(by) ? [] : '@full';
  test(`takes a card that is filled in at once, in every spelling (${by})`, { tag }, async ({
    page,
    merchant,
  }) => {
    await open(page, merchant, 'name', 'postalCode');
    await page.evaluate(() => {
      const filled: string[] = [];
      Reflect.set(window, 'filled', filled);
      const card = Reflect.get(window, 'card');
      card.on('autofill', ({ field }: { field: string }) => filled.push(field));
    });
    const rest = { 'cc-csc': '1234', 'cc-name': 'Zoë Ångström', 'postal-code': 'SW1A 1AA' };
    for (const spelling of EXPIRIES) {
      const values = { 'cc-number': VISA.number, 'cc-exp': spelling, ...rest };
      expect(await inside(page, fillDocument, values, FILLERS[by]), spelling).toStrictEqual([
        ...['4242 4242 4242 4242', MARCH, '123'],
        ...[rest['cc-name'], rest['postal-code']],
      ]);
    }
    // Nobody enters an input or leaves one: a page whose button waits for a whole card must hear of it.
    await expect
      .poll(() => page.evaluate(() => Reflect.get(window, 'card').getState()))
      .toMatchObject({ complete: true, networks: ['visa'] });
    const filled = new Set(await page.evaluate(() => Reflect.get(window, 'filled')));
    expect([...filled]).toStrictEqual(['number', 'expiry', 'cvc', 'name', 'postalCode']);
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
  });
}

test(
  'says what is wrong with what was filled in, though nobody leaves it',
  ONCE,
  async ({ page, merchant }) => {
    const frame = await open(page, merchant);
    const values = { 'cc-number': '4242424242424241', 'cc-exp': '12/30', 'cc-csc': '123' };
    await inside(page, fillDocument, values, FILLERS['with a change']);
    await expect(frame.getByRole('status')).toHaveText('Check the card number.');
    await expect(input(frame, 'cc-number')).toHaveAttribute('aria-invalid', 'true');
  },
);

test('keeps the caret at its digit, wherever one is put in or taken out', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant);
  await input(frame, 'cc-number').click();
  const places = Array.from({ length: NUMBER.length + 1 }, (_, place) => place);
  for (const edit of Object.keys(EDITS) as EditName[]) {
    await inside(page, editEverywhere, NUMBER);
    for (const _ of places) await page.keyboard.press(EDITS[edit]);
    const left = await inside(page, () => Reflect.get(window, 'stop')());
    expect(JSON.parse(String(left)), edit).toStrictEqual(
      places.map((place) => expectedAfter(edit, place)),
    );
  }
});

test('brings back no digit in a place where none was typed, by undo or redo', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant);
  await input(frame, 'cc-number').click();
  await page.keyboard.type('424242429', { delay: 20 });
  for (const key of ['z', 'z', 'z', 'Shift+z', 'Shift+z', 'y']) {
    await page.keyboard.press(`ControlOrMeta+${key}`);
    await expect(input(frame, 'cc-number'), key).toHaveValue('4242 4242 9');
  }
  await page.keyboard.type('9');
  await expect(input(frame, 'cc-number')).toHaveValue('4242 4242 99');
  // Positive control: in an input of the page's own the same keys do undo.
  await page.waitForTimeout(HAND_MS);
  await page.locator('#clipboard').click();
  await page.keyboard.type('424', { delay: 20 });
  await page.keyboard.press('ControlOrMeta+z');
  await expect(page.locator('#clipboard')).not.toHaveValue('424');
});

test('brings nothing back by undo once the card is a token', async ({ page, merchant }) => {
  const frame = await open(page, merchant, 'name');
  await typeCard(page);
  await expect(input(frame, 'cc-name')).toBeFocused();
  await page.keyboard.type('Zoe');
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
  await expect.poll(() => valuesIn(page)).toStrictEqual(['', '', '', '']);
  for (const purpose of ['cc-number', 'cc-exp', 'cc-csc', 'cc-name']) {
    await input(frame, purpose).click();
    for (const key of ['z', 'z', 'Shift+z', 'y']) await page.keyboard.press(`ControlOrMeta+${key}`);
    expect(await valuesIn(page), purpose).toStrictEqual(['', '', '', '']);
  }
});

test('deletes a digit, not a gap, on backspace behind a gap', async ({ page, merchant }) => {
  const frame = await open(page, merchant);
  await input(frame, 'cc-number').click();
  await page.keyboard.type('42424');
  await expect(input(frame, 'cc-number')).toHaveValue('4242 4');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await expect(input(frame, 'cc-number')).toHaveValue('424');
});

test(
  'goes back to the number on backspace in an empty expiry',
  ONCE,
  async ({ page, merchant }) => {
    const frame = await open(page, merchant);
    await input(frame, 'cc-number').click();
    await page.keyboard.type(VISA.number);
    await expect(input(frame, 'cc-exp')).toBeFocused();
    await page.keyboard.press('Backspace');
    await expect(input(frame, 'cc-number')).toBeFocused();
  },
);

test('shows the brand as soon as the digits tell', ONCE, async ({ page, merchant }) => {
  const frame = await open(page, merchant);
  const mark = frame.locator('.field-number .mark');
  await input(frame, 'cc-number').click();
  await page.keyboard.type('4');
  await expect(mark).toHaveText('Visa');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('37');
  await expect(mark).toHaveText(/American Express|Amex/);
});

test('takes an expiry with a slash and four digits of year', ONCE, async ({ page, merchant }) => {
  const frame = await open(page, merchant);
  await input(frame, 'cc-exp').click();
  await page.keyboard.type('3/2031');
  await expect(input(frame, 'cc-exp')).toHaveValue(MARCH);
});
