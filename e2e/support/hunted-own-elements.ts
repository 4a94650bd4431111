import { fillField } from '@hushfield/testing/playwright';
import { expect, type Page } from '@playwright/test';
import { BLINK_MS, arrive, type Journey, visit } from './hunted-visit.ts';
import { Shopper } from './shopper.ts';

/** Puts an element of the page's own making before the shop's form. */
function mountOwn(page: Page, type: 'card' | 'cardCvc'): Promise<void> {
  return page.evaluate(async (wanted) => {
    const form = document.querySelector<HTMLElement>('#checkout');
    const box = document.createElement('div');
    box.id = 'own';
    form?.before(box);
    const own = Reflect.get(window, 'Hushfield')(form?.dataset['key']).elements();
    Reflect.set(window, 'own', own);
    await own.create(wanted).mount(box);
  }, type);
}

/** Beside the shop's own elements, which have the same inputs. */
const OWN = { within: '#own' };

type Asked = { partial?: boolean; abort?: boolean };

/** What a page that goes its own way gets: an element of its own making, asked at a bad moment. */
function askInPage(page: Page, asked: Asked): Promise<string> {
  return page.evaluate(async ({ abort }) => {
    const stop = new AbortController();
    const answer = Reflect.get(window, 'own').tokenize({ signal: stop.signal });
    if (abort === true) stop.abort();
    const { token, error } = await answer;
    return token?.id ?? `${error.code} ${error.message} ${JSON.stringify(error)}`;
  }, asked);
}

/** Asks for half a number, takes the focus away in its middle, aborts, and leaves it standing. */
export const meddles: Journey = async (ground) => {
  const { page } = ground;
  await visit(ground, '?layout=separate');
  await mountOwn(page, 'card');
  const shopper = new Shopper(page);
  const { number, expiry, cvc } = ground.card('meddled');
  ground.watch(number.slice(0, 14), 'partial');
  await fillField(page, 'number', number.slice(0, 14), OWN);
  expect(await askInPage(page, {})).toMatch(/^incomplete_number /);
  await page.locator('#email').click();
  await page.keyboard.type('someone@example.com');
  await shopper.input('number').press('End');
  await page.keyboard.type(number.slice(14));
  await fillField(page, 'expiry', expiry, OWN);
  await fillField(page, 'cvc', cvc, OWN);
  expect(await askInPage(page, { abort: true })).toMatch(/^aborted /);
  await ground.witness.look(page);
  await page.evaluate(() => Reflect.get(window, 'own').destroy());
};

/** Pays, and types the code of the saved card again, once for the card and once for nobody's. */
export const returns: Journey = async (ground) => {
  const { page } = ground;
  const paid = await visit(ground);
  await paid.fill(ground.card('saved'));
  await paid.payButton.click();
  await arrive(ground, paid);
  const token = (await paid.token.textContent()) ?? '';
  await visit(ground);
  await mountOwn(page, 'cardCvc');
  const collect = (id: string) =>
    page.evaluate((named) => {
      const options = { token: named, fields: ['cvc'] };
      return Reflect.get(window, 'own').tokenize(options);
    }, id);
  await fillField(page, 'cvc', ground.code(), OWN);
  await page.waitForTimeout(BLINK_MS);
  expect(await collect(`tok_test_${'a'.repeat(28)}`)).toMatchObject({
    error: { code: 'not_found' },
  });
  expect(await collect(token)).toMatchObject({ token: { id: token, cvcCollected: true } });
  await ground.witness.look(page);
  await page.evaluate(() => Reflect.get(window, 'own').destroy());
};
