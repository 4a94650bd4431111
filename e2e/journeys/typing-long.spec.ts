import { VISA } from '../support/cards.ts';
import { InputMethod } from '../support/input-method.ts';
import { cardFrame, expect, openCard, test, valuesIn } from '../support/merchant.ts';

/** Brands whose numbers come in any length: none but the longest may move the typing on. */
const LONG = [
  { brand: 'UnionPay of 19', number: '6200000000000000003', shown: /^[\d ]{19,}$/ },
  { brand: 'UnionPay of 19 with a valid 16 in it', number: '6200000000000005003', shown: /./ },
  { brand: 'Maestro of 19', number: '6759000000000000000', shown: /./ },
] as const;

for (const { brand, number, shown } of LONG) {
  test(`takes a whole ${brand} into the number`, async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage());
    await cardFrame(page).locator('[autocomplete=cc-number]').click();
    await page.keyboard.type(number, { delay: 10 });
    const [text = '', ...rest] = await valuesIn(page);
    expect(text).toMatch(shown);
    expect([text.replaceAll(' ', ''), ...rest]).toStrictEqual([number, '', '']);
  });
}

/** Text one character too long, or whole: taking one away must leave the shopper where they are. */
const BACKSPACES = [
  { input: 'cc-csc', text: '1234', left: '123' },
  { input: 'cc-csc', text: '123', left: '12' },
  { input: 'cc-exp', text: '1', left: '' },
  { input: 'cc-number', text: `${VISA.number}0`, left: '4242 4242 4242 4242' },
] as const;

for (const { input, text, left } of BACKSPACES) {
  test(`stays in ${input} on backspace after ${text}`, async ({ page, merchant }) => {
    const fields = ['number', 'expiry', 'cvc', 'name'];
    const frame = await openCard(page, merchant.cardPage({ fields }));
    const field = frame.locator(`[autocomplete=${input}]`);
    await field.click();
    await page.keyboard.insertText(text);
    await field.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    await expect(field).toHaveValue(left);
    await expect(field).toBeFocused();
  });
}

test('keeps a composition through a redraw, and commits it on Enter without submitting', async ({
  page,
  merchant,
}) => {
  const fields = ['number', 'name'];
  const frame = await openCard(page, merchant.cardPage({ fields }));
  await page.evaluate(() => {
    Reflect.set(window, 'submits', 0);
    Reflect.get(window, 'card').on('submit', () => {
      Reflect.set(window, 'submits', Reflect.get(window, 'submits') + 1);
    });
  });
  const submits = () => page.evaluate(() => Reflect.get(window, 'submits'));
  const name = frame.locator('[autocomplete=cc-name]');
  await name.click();
  const ime = await InputMethod.of(page);
  await ime.compose('やま');
  await expect(name).toHaveValue('やま');
  await page.evaluate(() => Reflect.get(window, 'card').update({ labels: { name: 'お名前' } }));
  await expect(frame.locator('label[for=name]')).toHaveText('お名前');
  await page.evaluate(() => Reflect.get(window, 'card').setError('number', 'redraw'));
  await expect(name).toHaveValue('やま');
  await ime.compose('やまだ');
  await expect(name).toHaveValue('やまだ');

  await page.keyboard.down('Enter');
  await ime.commit('山田');
  await page.keyboard.up('Enter');
  await expect(name).toHaveValue('山田');
  await page.waitForTimeout(300);
  expect(await submits()).toBe(0);
  // Positive control: with nothing to commit, Enter does submit.
  await page.keyboard.press('Enter');
  await expect.poll(submits).toBe(1);
});
