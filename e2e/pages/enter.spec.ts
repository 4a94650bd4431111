import type { Page } from '@playwright/test';
import { expect, type Merchant, openCard, test, typeCard } from '../support/merchant.ts';

/** The card stands in a form, which writes down what happens to it. */
async function open(page: Page, merchant: Merchant, buttons: string): Promise<void> {
  const body = `<form id="form">${buttons}</form><script>
    window.heard = [];
    form.append(document.getElementById('card'));
    form.onclick = ({ target }) => target.name && heard.push('click ' + target.name);
    form.onsubmit = (event) => {
      event.preventDefault();
      heard.push('submit ' + (event.submitter ? event.submitter.name : 'of itself'));
    };</script>`;
  await openCard(page, merchant.cardPage({ body }));
  await typeCard(page);
  await page.keyboard.press('Enter');
  // As long as a tick and more: that nothing comes is seen by waiting alone.
  await page.waitForTimeout(500);
}

const heard = (page: Page) => page.evaluate(() => Reflect.get(window, 'heard'));

for (const [buttons, happens] of [
  [
    '<button name="pay">Pay</button><button name="later">Later</button>',
    ['click pay', 'submit pay'],
  ],
  [
    '<button type="button" name="help">?</button><input type="submit" name="pay">',
    ['click pay', 'submit pay'],
  ],
  ['<button disabled name="pay">Pay</button><button name="later">Later</button>', []],
  ['<fieldset disabled><button name="pay">Pay</button></fieldset>', []],
  ['<button type="button" name="help">?</button>', ['submit of itself']],
] as const) {
  test(`Enter in a field does what it does in an input of the page's own: ${buttons}`, async ({
    page,
    merchant,
  }) => {
    await open(page, merchant, buttons);
    expect(await heard(page)).toStrictEqual(happens);
  });
}
