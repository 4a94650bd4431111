import type { FrameLocator, Page } from '@playwright/test';
import { VISA } from '../support/cards.ts';
import { InputMethod } from '../support/input-method.ts';
import { expect, type Merchant, openCard, test, tokenize, valuesIn } from '../support/merchant.ts';
import { EXPIRIES, MARCH } from '../support/typings.ts';

/* What no keyboard of a test can do: input methods, phones' keyboards, drags. In Chromium, through its own protocol. */

async function open(page: Page, merchant: Merchant): Promise<[FrameLocator, InputMethod]> {
  const frame = await openCard(page, merchant.cardPage({ body: '<input id="own">' }));
  return [frame, await InputMethod.of(page)];
}

const input = (frame: FrameLocator, purpose: string) => frame.locator(`[autocomplete=${purpose}]`);

const caretOf = (frame: FrameLocator, purpose: string) =>
  input(frame, purpose).evaluate((one: HTMLInputElement) => one.selectionStart);

/** Typed before, where the caret then is, what is composed, as it stands there, and what becomes of it. */
const COMPOSED = [
  ['cc-csc', '', 0, '１２３４５', '１２３４５', '1234', 4],
  ['cc-number', '', 0, '４２４２４', '４２４２４', '4242 4', 6],
  ['cc-number', '4242 42', 2, '９９', '42９９42 42', '4299 4242', 5],
  ['cc-number', '4242 42', 5, '９', '4242 ９42', '4242 942', 6],
  ['cc-number', '', 0, '٤٢٤٢٤', '٤٢٤٢٤', '4242 4', 6],
  ['cc-exp', '', 0, '１２３１', '１２３１', '12 / 31', 7],
  ['cc-exp', '12', 5, '３１', '12 / ３１', '12 / 31', 7],
  ['cc-exp', '', 0, '３', '３', '03 / ', 5],
] as const;

test('leaves a composition alone until it is committed, and then writes it as digits', async ({
  page,
  merchant,
}) => {
  const [frame, ime] = await open(page, merchant);
  for (const [purpose, typed, caret, composed, standing, shown, left] of COMPOSED) {
    const field = input(frame, purpose);
    await field.fill(typed);
    await field.evaluate((one: HTMLInputElement, at) => one.setSelectionRange(at, at), caret);
    for (let end = 1; end <= composed.length; end += 1) await ime.compose(composed.slice(0, end));
    await expect(field).toHaveValue(standing);
    await ime.commit(composed);
    await expect(field).toHaveValue(shown);
    expect(await caretOf(frame, purpose), shown).toBe(left);
  }
});

test('goes on with what stands there when a composition is given up, left or cleared away', async ({
  page,
  merchant,
}) => {
  const [frame, ime] = await open(page, merchant);
  const number = input(frame, 'cc-number');
  await number.click();
  await page.keyboard.type('424242');
  for (const text of ['９', '９９']) await ime.compose(text);
  await expect(number).toHaveValue('4242 42９９');
  await ime.compose('');
  await expect(number).toHaveValue('4242 42');

  await ime.compose('４２４２４２４２４２');
  await page.keyboard.press('Tab');
  await expect(number).toHaveValue('4242 4242 4242 4242');
  await expect(input(frame, 'cc-exp')).toBeFocused();

  await ime.compose('１２');
  await page.evaluate(() => Reflect.get(window, 'card').clear());
  await expect(input(frame, 'cc-exp')).toHaveValue('');
  await ime.compose('５');
  await ime.commit('５');
  await expect(input(frame, 'cc-exp')).toHaveValue('05 / ');
});

test('takes a card from a keyboard that never ends its composition', async ({ page, merchant }) => {
  const [frame, ime] = await open(page, merchant);
  for (const [purpose, text] of [
    ['cc-number', VISA.number],
    ['cc-exp', VISA.expiry],
    ['cc-csc', VISA.cvc],
  ] as const) {
    await input(frame, purpose).click();
    for (let end = 1; end <= text.length; end += 1) {
      await ime.press();
      await ime.compose(text.slice(0, end));
    }
  }
  await page.waitForTimeout(500);
  await page.locator('#own').click();
  expect(await valuesIn(page)).toStrictEqual([
    '4242 4242 4242 4242',
    expect.stringMatching(/^12 \/ \d\d$/),
    '123',
  ]);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('knows the brand while a keyboard still composes', async ({ page, merchant }) => {
  const [frame, ime] = await open(page, merchant);
  await input(frame, 'cc-number').click();
  await ime.press();
  await ime.compose('３7');
  await expect(frame.locator('.field-number .mark')).toHaveText('American Express');
  // Shrinking the composition is how such a keyboard deletes.
  await ime.press();
  await ime.compose('３');
  await ime.compose('');
  await ime.compose('4');
  await expect(frame.locator('.field-number .mark')).toHaveText('Visa');
});

/** What stands there, and at each key of a phone what is left of it. */
const DELETED = [
  ['cc-number', '42424', 'deleteBackward', ['4242', '424', '42', '4', '']],
  ['cc-exp', '1231', 'deleteBackward', ['12 / 3', '12 / ', '1', '']],
  ['cc-csc', '123', 'deleteBackward', ['12', '1', '']],
  ['cc-number', '42424', 'deleteForward', ['2424', '424', '24', '4', '']],
] as const;

test('takes one digit at a time by a key without a name, on both sides of a gap', async ({
  page,
  merchant,
}) => {
  const [frame, ime] = await open(page, merchant);
  for (const [purpose, text, does, steps] of DELETED) {
    const field = input(frame, purpose);
    await field.fill(text);
    await page.keyboard.press(does === 'deleteBackward' ? 'End' : 'Home');
    for (const left of steps) {
      await ime.press(does);
      await expect(field).toHaveValue(left);
    }
    await expect(field).toBeFocused();
  }
  const number = input(frame, 'cc-number');
  for (const [at, does, left] of [
    [5, 'deleteBackward', '4245 678'],
    [4, 'deleteForward', '4242 678'],
  ] as const) {
    await number.fill('42425678');
    await number.evaluate((one: HTMLInputElement, to) => one.setSelectionRange(to, to), at);
    await ime.press(does);
    await expect(number).toHaveValue(left);
  }
  // Other keyboards take up the whole text again, and give back less of it.
  await number.fill('424242');
  await ime.compose('4242 4', [0, 7]);
  await ime.commit('4242 4');
  await expect(number).toHaveValue('4242 4');
  await ime.compose('4242 ', [0, 6]);
  await ime.commit('4242 ');
  await expect(number).toHaveValue('4242');
});

test("takes a whole text that a keyboard's own clipboard puts in as typed", async ({
  page,
  merchant,
}) => {
  const [frame, ime] = await open(page, merchant);
  for (const [purpose, text, shown] of [
    ['cc-number', '4242-4242 4242 4242 ', '4242 4242 4242 4242'],
    ['cc-number', '42424242424242424242', '4242 4242 4242 4242 424'],
    ['cc-csc', ' 123 ', '123'],
    ...EXPIRIES.map((spelling) => ['cc-exp', spelling, MARCH] as const),
  ] as const) {
    await input(frame, purpose).click();
    await ime.commit(text);
    await expect(input(frame, purpose), text).toHaveValue(shown);
    await input(frame, purpose).selectText();
    await ime.press('deleteBackward');
    await expect(input(frame, purpose)).toHaveValue('');
  }
});

test('takes text that is dropped on an input', async ({ page, merchant }) => {
  const [frame] = await open(page, merchant);
  const line = await page.context().newCDPSession(page);
  for (const [purpose, text, shown] of [
    ['cc-number', '4242-4242 4242 4242\n', '4242 4242 4242 4242'],
    ['cc-exp', '2031-03', MARCH],
    ['cc-csc', '１２３', '123'],
  ] as const) {
    const box = await input(frame, purpose).boundingBox();
    if (!box) throw new Error('nothing to drop on');
    const data = { items: [{ mimeType: 'text/plain', data: text }], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await line.send('Input.dispatchDragEvent', { type, x: box.x + 30, y: box.y + 20, data });
    await expect(input(frame, purpose)).toHaveValue(shown);
  }
});
