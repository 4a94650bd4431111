import type { FrameLocator, Page } from '@playwright/test';
import { cards } from '@hushfield/testing/cards';
import { newSession, readToken } from '../support/backend.ts';
import { expect, type Merchant, openCard, test, typeCard } from '../support/merchant.ts';

const { coBadgedDankort: DANKORT, coBadgedBancontact: BANCONTACT, amex: AMEX } = cards;

const HEARD = `window.heard = []; card.on('networkschange', (told) => heard.push(told));`;

async function open(page: Page, merchant: Merchant, own: object = {}, options: object = {}) {
  await openCard(page, merchant.cardPage({ own, options }));
  await page.evaluate(HEARD);
  // By its place: its title is in its language.
  return page.frameLocator('#card iframe');
}

/** The number alone. */
async function typeNumber(frame: FrameLocator, page: Page, number: string) {
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(number);
}

const radio = (frame: FrameLocator, name: string) => frame.getByRole('radio', { name });
const state = (page: Page) => page.evaluate(() => Reflect.get(window, 'card').getState());

/** A token, and what the backend is told of its card. */
async function pay(page: Page, { deployment }: Merchant) {
  const { token } = await page.evaluate(() => Reflect.get(window, 'elements').tokenize());
  const { body } = await readToken(deployment, token.id);
  expect(body['card']).toMatchObject(token.card);
  return token.card;
}

test('lets the holder of a co-badged card choose, over what the merchant prefers', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant, { preferredNetworks: ['visa'] });
  await typeCard(page, DANKORT);
  const group = frame.getByRole('radiogroup', { name: 'Pay with' });
  await expect(group.getByRole('radio')).toHaveCount(2);
  await expect(radio(frame, 'Visa')).toBeChecked();
  await radio(frame, 'Dankort').check();
  await expect.poll(async () => (await state(page)).network).toBe('dankort');
  // Nothing that the page says later changes it back.
  await page.evaluate(() => Reflect.get(window, 'card').update({ preferredNetworks: ['visa'] }));
  expect(await pay(page, merchant)).toMatchObject({
    ...{ brand: 'visa', networks: ['visa', 'dankort'], network: 'dankort' },
  });
  const { networks } = DANKORT;
  const heard = () => page.evaluate(() => Reflect.get(window, 'heard'));
  await expect.poll(heard).toStrictEqual([
    { networks, network: 'visa' },
    { networks, network: 'dankort' },
    { networks: [], network: undefined },
  ]);
  await expect(group).toBeHidden();
});

test('is chosen by the keyboard alone, and Enter goes on to pay', async ({ page, merchant }) => {
  const frame = await open(page, merchant);
  const submits = page.evaluate(
    () => new Promise((resolve) => Reflect.get(window, 'card').once('submit', resolve)),
  );
  await typeNumber(frame, page, BANCONTACT.number);
  await expect(radio(frame, 'Maestro')).toBeVisible();
  await expect(frame.locator('[autocomplete=cc-exp]')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  // Engines begin at either end of a group in which nothing is chosen.
  await expect(frame.locator('[type=radio]:focus')).toHaveCount(1);
  await page.keyboard.press('Space');
  await expect(frame.locator('[type=radio]:checked')).toHaveCount(1);
  if (await radio(frame, 'Maestro').isChecked()) await page.keyboard.press('ArrowUp');
  await expect(radio(frame, 'Bancontact')).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.type(BANCONTACT.expiry + BANCONTACT.cvc);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  expect(await submits).toStrictEqual({ field: 'number' });
  expect(await pay(page, merchant)).toMatchObject({ network: 'bancontact' });
});

test('says to screen readers that there is a choice, where they are by then', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant, { locale: 'de' });
  await typeNumber(frame, page, DANKORT.number);
  const said = frame.locator('#networks [aria-live=polite]');
  await expect(said).toHaveText('Zahlen mit: Visa, Dankort');
  await expect(frame.locator('[autocomplete=cc-exp]')).toBeFocused();
});

test('offers nothing for a card of one network, and keeps no room for it', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant, { preferredNetworks: ['visa'] });
  const height = () => page.locator('#card iframe').evaluate((one) => one.clientHeight);
  const before = await height();
  await typeCard(page);
  await expect.poll(async () => (await state(page)).valid).toBe(true);
  await expect(frame.getByRole('radio')).toHaveCount(0);
  expect([await height(), (await state(page)).network]).toStrictEqual([before, undefined]);
  expect(await pay(page, merchant)).not.toHaveProperty('network');
});

test('lets nothing be chosen for a shopper who was shown nothing', async ({ page, merchant }) => {
  await page.route('**/assets/more-*', (route) => route.abort());
  const frame = await open(page, merchant, { preferredNetworks: ['dankort'] });
  const warned = page.evaluate(
    () => new Promise((resolve) => Reflect.get(window, 'card').once('warning', resolve)),
  );
  await typeCard(page, DANKORT);
  expect(await warned).toStrictEqual({ code: 'networks_failed' });
  await expect.poll(async () => (await state(page)).networks).toStrictEqual(DANKORT.networks);
  await expect(frame.getByRole('radio')).toHaveCount(0);
  expect(await pay(page, merchant)).not.toHaveProperty('network');
});

test.describe('under a session that takes some brands', () => {
  const under = async (page: Page, merchant: Merchant, brands: string[]) => {
    const { deployment, origin } = merchant;
    const { session } = await newSession(deployment, { origins: [origin], brands });
    return open(page, merchant, { preferredNetworks: ['visa'] }, { session });
  };

  test('says at the field that a brand is not taken, before anybody pays', async ({
    page,
    merchant,
  }) => {
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    const frame = await under(page, merchant, ['visa']);
    await typeCard(page, AMEX);
    await expect(frame.locator('#message')).toHaveText(/not accepted/);
    await expect.poll(async () => (await state(page)).error?.code).toBe('brand_not_supported');
    expect(posts).toStrictEqual([]);
  });

  test('offers networks that it takes, and no choice where there is one', async ({
    page,
    merchant,
  }) => {
    const frame = await under(page, merchant, ['dankort', 'amex']);
    await typeCard(page, DANKORT);
    await expect.poll(async () => (await state(page)).valid).toBe(true);
    await expect(frame.getByRole('radio')).toHaveCount(0);
    expect(await pay(page, merchant)).not.toHaveProperty('network');
  });

  test('takes the next session’s word, which the page brings when it pays', async ({
    page,
    merchant,
  }) => {
    const frame = await under(page, merchant, ['amex']);
    await typeNumber(frame, page, DANKORT.number);
    await expect(frame.locator('#message')).toHaveText(/not accepted/);
    const { deployment, origin } = merchant;
    const next = await newSession(deployment, { origins: [origin], brands: ['visa', 'dankort'] });
    const again = (session: string) =>
      page.evaluate((own) => Reflect.get(window, 'elements').tokenize({ session: own }), session);
    // What is still missing is the expiry; the number is taken now, and has its choice.
    expect(await again(next.session)).toMatchObject({ error: { code: 'incomplete_expiry' } });
    await expect(radio(frame, 'Visa')).toBeChecked();
  });
});
