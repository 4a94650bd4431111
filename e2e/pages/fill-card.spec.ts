import { cards, refusedCards } from '@hushfield/testing/cards';
import {
  chooseNetwork,
  clearField,
  fieldError,
  fillCard,
  fillField,
  pressKey,
} from '@hushfield/testing/playwright';
import { honestPage } from '../support/honest-page.ts';
import { expect, openCard, test, tokenize } from '../support/merchant.ts';

const TWO = `
  window.groups = [Hushfield(KEY).elements(), Hushfield(KEY).elements()];
  window.ready = Promise.all(groups.map((group, index) => group.create('card').mount('#card-' + index)));`;
const BOXES = '<div id="card-0"></div><div id="card-1"></div>';

const separate = (types: readonly string[]) => `
  window.elements = Hushfield(KEY).elements();
  window.ready = Promise.all(${JSON.stringify(types)}.map((type) => elements.create(type).mount('#' + type)));`;
const boxes = (types: readonly string[]) => types.map((id) => `<div id="${id}"></div>`).join('');

test('fills an element that is not ready yet, and fills it again', async ({ page, merchant }) => {
  await page.goto(merchant.cardPage());
  await fillCard(page, refusedCards.mistyped);
  expect((await tokenize(page)).error?.code).toBe('invalid_number');
  expect(await fieldError(page, 'number')).toMatch(/check the card number/i);
  await fillCard(page, cards.amex);
  expect(await fieldError(page, 'number')).toBe('');
  expect((await tokenize(page)).token).toMatchObject({ card: { brand: 'amex' } });
});

test('chooses a network for a co-badged card, and fills a halved expiry', async ({
  page,
  merchant,
}) => {
  await openCard(page, merchant.cardPage({ own: { split: true } }));
  await fillCard(page, cards.coBadgedBancontact);
  await chooseNetwork(page, 'maestro');
  await fillCard(page, { expiry: cards.visa.expiry });
  const card = { brand: 'bancontact', network: 'maestro', expMonth: 12 };
  expect((await tokenize(page)).token).toMatchObject({ card });
  await expect(chooseNetwork(page, 'visa"] input')).rejects.toThrow('There is no network');
});

test('fills three elements, also inside a frame of the page', async ({ page, merchant }) => {
  const types = ['cardNumber', 'cardExpiry', 'cardCvc'];
  const inner = honestPage(merchant, { script: separate(types), body: boxes(types) });
  await page.goto(honestPage(merchant, { script: '', body: `<iframe src="${inner}"></iframe>` }));
  const frame = page.frameLocator(`iframe[src="${inner}"]`);
  await fillCard(frame, cards.mastercard);
  const { token, error } = await frame
    .locator('body')
    .evaluate(() => Reflect.get(window, 'elements').tokenize());
  expect(error ?? token.card.brand).toBe('mastercard');
});

test('types like a hand: a page that takes the focus right after is no thief', async ({
  page,
  merchant,
}) => {
  await openCard(page, merchant.cardPage({ body: '<input id="email">' }));
  await page.evaluate(() => {
    Reflect.set(window, 'warnings', []);
    document.addEventListener('hushfield:warning', (event) =>
      Reflect.get(window, 'warnings').push((event as CustomEvent).detail.code),
    );
  });
  for (let round = 0; round < 4; round += 1) {
    await fillField(page, 'number', '42424');
    await page.locator('#email').pressSequentially('7');
  }
  await expect(page.locator('#email')).toHaveValue('7777');
  expect(await page.evaluate(() => Reflect.get(window, 'warnings'))).toStrictEqual([]);
});

test('empties an input, and presses Enter in one', async ({ page, merchant }) => {
  await openCard(page, merchant.cardPage());
  const state = () => page.evaluate(() => Reflect.get(window, 'card').getState());
  await fillField(page, 'number', '4242');
  await expect.poll(async () => (await state()).empty).toBe(false);
  await clearField(page, 'number');
  await expect.poll(async () => (await state()).empty).toBe(true);
  await page.evaluate(() => {
    Reflect.get(window, 'card').on('submit', () => Reflect.set(window, 'submitted', true));
  });
  await pressKey(page, 'cvc', 'Enter');
  await page.waitForFunction(() => Reflect.get(window, 'submitted'));
});

test('says what is wrong where there is no one input', async ({ page, merchant }) => {
  const soon = { timeout: 500 };
  await page.goto(honestPage(merchant, { script: '', body: '<iframe></iframe>' }));
  await expect(fillCard(page, cards.visa, soon)).rejects.toThrow('no element is mounted here');

  await openCard(page, merchant.cardPage({ fields: ['number', 'expiry'] }));
  await expect(fillCard(page, cards.visa, soon)).rejects.toThrow(
    'no input "cvc": what is mounted has number, expiry.',
  );

  await openCard(page, honestPage(merchant, { script: TWO, body: BOXES }));
  await expect(fillCard(page, cards.visa, soon)).rejects.toThrow(
    '2 elements have an input "number": say which one by `within`.',
  );
  await fillCard(page, cards.visa, { within: '#card-0' });
  await fillCard(page, cards.jcb, { within: page.locator('#card-1') });
  const brands = await page.evaluate(async () => {
    const groups: { tokenize(): Promise<{ token: { card: { brand: string } } }> }[] = Reflect.get(
      window,
      'groups',
    );
    const answers = await Promise.all(groups.map((group) => group.tokenize()));
    return answers.map(({ token }) => token.card.brand);
  });
  expect(brands).toStrictEqual(['visa', 'jcb']);
});
