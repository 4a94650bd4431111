import type { Page } from '@playwright/test';
import { newSession, publishableKey, readToken } from '../support/backend.ts';
import { expect, type Merchant, openCard, test, typeCard } from '../support/merchant.ts';

const HEARD = `window.heard = []; card.on('binavailable', ({ bin }) => heard.push(bin));`;
const AMEX = { number: '378282246310005', expiry: '1230', cvc: '1234' };

const NOTHING = { heard: [], state: undefined, token: undefined, backend: undefined };

/** A page under a key of these terms. */
async function open(page: Page, merchant: Merchant, terms: object, options: object = {}) {
  const { deployment, origin } = merchant;
  const key = await publishableKey(deployment, { origins: [origin], ...terms });
  const frame = await openCard(page, merchant.cardPage({ key, options }));
  await page.evaluate(HEARD);
  return frame;
}

/** What the page was told of the BIN: by events, by the state, by the token; and what the backend is told. */
async function learned(page: Page, { deployment }: Merchant) {
  // So long until a number that was left without a key is taken for done.
  await page.waitForTimeout(1_000);
  const seen = await page.evaluate(async () => {
    const { bin } = Reflect.get(window, 'card').getState();
    const { token } = await Reflect.get(window, 'elements').tokenize();
    return { heard: Reflect.get(window, 'heard'), state: bin, id: token.id, token: token.card.bin };
  });
  const { body } = await readToken(deployment, seen.id);
  const { id: _, ...rest } = seen;
  return { ...rest, backend: (body['card'] as { bin?: string }).bin };
}

test('tells of eight digits once the number is done, and of none before', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant, { binDigits: 8 });
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type('424242424242424');
  await page.waitForTimeout(1_000);
  const heard = () => page.evaluate(() => Reflect.get(window, 'heard'));
  expect(await heard()).toStrictEqual([]);
  await page.keyboard.type('21230123');
  await expect.poll(heard).toStrictEqual(['42424242']);
  const all = { state: '42424242', token: '42424242', backend: '42424242' };
  expect(await learned(page, merchant)).toStrictEqual({ heard: ['42424242'], ...all });
});

test('tells of six digits of a number that has not sixteen', async ({ page, merchant }) => {
  await open(page, merchant, { binDigits: 8 });
  await typeCard(page, AMEX);
  const all = { heard: ['378282'], state: '378282', token: '378282', backend: '378282' };
  expect(await learned(page, merchant)).toStrictEqual(all);
});

test('tells less where the session of the backend says so, and never more than the key', async ({
  page,
  merchant,
}) => {
  const { deployment, origin } = merchant;
  const under = async (binDigits: number) =>
    (await newSession(deployment, { origins: [origin], binDigits })).session;
  await open(page, merchant, { binDigits: 8 }, { session: await under(6) });
  await typeCard(page);
  const six = { heard: ['424242'], state: '424242', token: '424242', backend: '424242' };
  expect(await learned(page, merchant)).toStrictEqual(six);
  await open(page, merchant, { binDigits: 8 }, { session: await under(0) });
  await typeCard(page);
  expect(await learned(page, merchant)).toStrictEqual(NOTHING);
  await open(page, merchant, { binDigits: 0 }, { session: await under(8) });
  await typeCard(page);
  expect(await learned(page, merchant)).toStrictEqual(NOTHING);
});

test('attacks: tells a page nothing without a session, where its key takes no card without', async ({
  page,
  merchant,
}) => {
  const { deployment, origin } = merchant;
  const strict = { binDigits: 8, sessionsRequired: true };
  await open(page, merchant, strict);
  await typeCard(page);
  await page.waitForTimeout(1_000);
  const heard = () => page.evaluate(() => Reflect.get(window, 'heard'));
  expect(await heard()).toStrictEqual([]);
  const { session } = await newSession(deployment, { origins: [origin] });
  await open(page, merchant, strict, { session });
  await typeCard(page);
  await expect.poll(heard).toStrictEqual(['42424242']);
});
