import type { Page } from '@playwright/test';
import { newSession, publishableKey, readToken } from '../support/backend.ts';
import { expect, type Merchant, openCard, test, typeCard } from '../support/merchant.ts';

const HEARD = `window.heard = []; card.on('binavailable', ({ bin }) => heard.push(bin));`;
const AMEX = { number: '378282246310005', expiry: '1230', cvc: '1234' };

const NOTHING = { heard: [], state: undefined, token: undefined, backend: undefined };

/** A page under a key that shows it so much of a BIN. */
async function open(page: Page, merchant: Merchant, binDigits: number, options: object = {}) {
  const { deployment, origin } = merchant;
  const key = await publishableKey(deployment, { origins: [origin], binDigits });
  const frame = await openCard(page, merchant.cardPage({ key, options }));
  await page.evaluate(HEARD);
  return frame;
}

/** What the page was told of the BIN: by events, by the state, by the token; and what the backend is told. */
async function learned(page: Page, { deployment }: Merchant) {
  const seen = await page.evaluate(async () => {
    const { bin } = Reflect.get(window, 'card').getState();
    const { token } = await Reflect.get(window, 'elements').tokenize();
    return { heard: Reflect.get(window, 'heard'), state: bin, id: token.id, token: token.card.bin };
  });
  const { body } = await readToken(deployment, seen.id);
  const { id: _, ...rest } = seen;
  return { ...rest, backend: (body['card'] as { bin?: string }).bin };
}

test('tells of six digits as they are typed, and of eight once the number is done', async ({
  page,
  merchant,
}) => {
  const frame = await open(page, merchant, 8);
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type('42424');
  const heard = () => page.evaluate(() => Reflect.get(window, 'heard'));
  await page.waitForTimeout(300);
  expect(await heard()).toStrictEqual([]);
  await page.keyboard.type('2');
  await expect.poll(heard).toStrictEqual(['424242']);
  await page.keyboard.type('4242424242123012', { delay: 10 });
  await page.keyboard.type('3');
  await expect.poll(heard).toStrictEqual(['424242', '42424242']);
  const all = { state: '42424242', token: '42424242', backend: '42424242' };
  expect(await learned(page, merchant)).toMatchObject(all);
});

test('tells of six digits of a number with less than sixteen', async ({ page, merchant }) => {
  await open(page, merchant, 8);
  await typeCard(page, AMEX);
  const all = { heard: ['378282'], state: '378282', token: '378282', backend: '378282' };
  expect(await learned(page, merchant)).toStrictEqual(all);
});

test('tells as much as the session of the backend says, less or more than the key', async ({
  page,
  merchant,
}) => {
  const { deployment, origin } = merchant;
  const under = async (binDigits: number) =>
    (await newSession(deployment, { origins: [origin], binDigits })).session;
  await open(page, merchant, 8, { session: await under(0) });
  await typeCard(page);
  expect(await learned(page, merchant)).toStrictEqual(NOTHING);
  await open(page, merchant, 0, { session: await under(6) });
  await typeCard(page);
  const six = { state: '424242', token: '424242', backend: '424242' };
  expect(await learned(page, merchant)).toMatchObject(six);
});

test('attacks: tells a page nothing of it that asks for more than it may see', async ({
  page,
  merchant,
}) => {
  await open(page, merchant, 0);
  const { deployment, origin } = merchant;
  const { session } = await newSession(deployment, { origins: [origin] });
  const refused = await page.evaluate(async (genuine) => {
    const at = (make: () => unknown) => {
      try {
        make();
        return 'taken';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const group = Reflect.get(window, 'hushfield');
    const [claims = '', signature] = genuine.split('.');
    const text = atob(claims.replace(/-/g, '+').replace(/_/g, '/'));
    const raised = JSON.stringify({ ...JSON.parse(text), binDigits: 8 });
    const forged = btoa(raised).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
    Reflect.set(window, 'forged', `${forged}.${signature}`);
    return [
      at(() => group.elements({ binDigits: 8 })),
      at(() => group.elements().create('card', { binDigits: 8 })),
      at(() => Reflect.get(window, 'card').update({ binDigits: 8 })),
    ];
  }, session);
  expect(refused).toStrictEqual(Array(3).fill('invalid_option'));
  await typeCard(page);
  const asked = await page.evaluate(async () => {
    const session = Reflect.get(window, 'forged');
    const { error } = await Reflect.get(window, 'elements').tokenize({ session });
    return error?.code;
  });
  expect(asked).toBe('invalid_session');
  expect(await learned(page, merchant)).toStrictEqual(NOTHING);
});
