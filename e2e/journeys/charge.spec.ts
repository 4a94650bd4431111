import { cards, gatewayCards } from '@hushfield/testing/cards';
import type { Page, Route } from '@playwright/test';
import { audit } from '../support/axe.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import type { GatewayDouble, Statement } from '../support/gateway-double.ts';
import { filesBelow, hunt } from '../support/hunt.ts';
import type { Shopper } from '../support/shopper.ts';
import { expect, test as shared } from '../support/test.ts';

/** A shop with a gateway behind the vault: four processes, and a browser. */
const test = shared.extend<{ gateway: GatewayDouble }, { deployment: Deployment }>({
  deployment: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
    async ({}, use) => {
      const deployment = await deploy({ gateway: true });
      await use(deployment);
      await deployment.dispose();
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  gateway: async ({ deployment: { gateway } }, use) => {
    if (!gateway) throw new Error('there is no gateway');
    await use(gateway);
  },
});

/** Of a delivery: the vault's worker looks for them once a second or so. */
const SOON = { timeout: 20_000 };
/** The shop gives a gateway eight seconds. */
const PATIENCE = { timeout: 20_000 };

const state = (page: Page) => page.getByTestId('state');
const asked = ({ requests }: Statement) => requests['POST /v1/payments'] ?? 0;
const newest = ({ data }: Statement) => data.at(-1);

/** What was charged since, and how often it was asked for. */
async function since(gateway: GatewayDouble, before: Statement) {
  const now = await gateway.statement();
  return { payments: now.data.slice(before.data.length), asked: asked(now) - asked(before) };
}

/** No barrier that a machine finds, in the light and in the dark. */
async function expectOpenToAll(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    // Half way from one colour to the other is neither.
    await page.evaluate(() =>
      Promise.all(document.getAnimations().map(({ finished }) => finished)),
    );
    const { violations, passes } = await audit(page.mainFrame());
    expect(violations, colorScheme).toStrictEqual([]);
    expect(passes).toContain('color-contrast');
  }
}

/** Pays with a card that the checkout goes on from. */
async function payWith(shopper: Shopper, card: { number: string; expiry: string; cvc: string }) {
  await shopper.fill(card);
  await shopper.payButton.click();
}

test('a shopper pays: token, forward, authorization, and the webhook that tells of it', async ({
  visit,
  page,
  gateway,
}) => {
  const before = await gateway.statement();
  const shopper = await visit();
  await shopper.fill(cards.visa);
  const token = await shopper.pay();
  await expect(state(page)).toHaveText('Authorized');
  // Nor can the address of an order be told from what the gateway is told.
  expect(page.url()).not.toContain(token);
  await expect(page.getByTestId('amount')).toHaveText('€87.40');
  const { payments, asked } = await since(gateway, before);
  expect(asked).toBe(1);
  expect(payments).toMatchObject([
    {
      state: 'authorized',
      amount: { value: 8_740, currency: 'EUR' },
      card: { last4: '4242', cvcGiven: true },
      reference: `order-${token}`,
    },
  ]);
  await expect(page.getByTestId('payment')).toHaveText(payments[0]?.id ?? '');
  await expect(page.getByTestId('events')).toContainText('token.created', SOON);
  expect(token).toMatch(/^tok_test_/);
  await expectOpenToAll(page);
});

test('shows no webhook whose signature does not hold', async ({ visit, page, deployment }) => {
  const shopper = await visit();
  await shopper.fill(cards.visa);
  const token = await shopper.pay();
  const body = JSON.stringify({ id: 'evt_forged', type: 'token.deleted', data: { token } });
  const headers = {
    'content-type': 'application/json',
    'webhook-id': 'evt_forged',
    'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
    'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
  };
  const url = `${deployment.shopOrigin}/webhooks`;
  expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(400);
  // Positive control: what the vault sends does come.
  await expect(page.getByTestId('events')).toContainText('token.created', SOON);
  await expect(page.getByTestId('events')).not.toContainText('token.deleted');
});

test('asks once for the money when the button is pressed twice', async ({ visit, gateway }) => {
  const before = await gateway.statement();
  const shopper = await visit();
  await shopper.fill(cards.mastercard);
  await shopper.payButton.dblclick();
  await shopper.paid();
  expect(await since(gateway, before)).toMatchObject({ payments: [{}], asked: 1 });
});

test('charges once when the answer to the page was lost', async ({ visit, page, gateway }) => {
  const before = await gateway.statement();
  const shopper = await visit();
  await payUnheard(shopper, page);
  await shopper.alert.getByRole('button', { name: 'Try again' }).click();
  await shopper.paid();
  await expect(state(page)).toHaveText('Authorized');
  expect(await since(gateway, before)).toMatchObject({ payments: [{}], asked: 1 });
});

/** The shop does what it was asked, and the page never hears of it. */
async function payUnheard(shopper: Shopper, page: Page): Promise<void> {
  await shopper.fill(cards.visa);
  await page.route(
    '**/orders',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await shopper.payButton.click();
  await expect(shopper.alert).toContainText(/will not pay twice/i);
}

// What the back-forward cache brings is made here: under automation it is off.
const fromCache = (page: Page) =>
  page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));

for (const [what, act] of [
  ['a digit is typed', (shopper) => shopper.type('number', '5')],
  ['another card is typed', (shopper) => shopper.fill(cards.mastercard)],
  ['the page comes back from the cache', ({ page }) => fromCache(page)],
  ['the page is loaded again', ({ page }) => page.reload()],
  [
    'the shop is started again',
    async (_, { shop, startShop }) => {
      await shop.stop();
      await startShop();
    },
  ],
] as const satisfies readonly (readonly [
  string,
  (shopper: Shopper, deployment: Deployment) => Promise<unknown>,
])[]) {
  test(`charges once when the answer to the page was lost, and ${what}`, async ({
    visit,
    page,
    gateway,
    deployment,
  }) => {
    const before = await gateway.statement();
    const shopper = await visit();
    await payUnheard(shopper, page);
    await act(shopper, deployment);
    if (what.startsWith('the page')) {
      await expect(shopper.alert).toContainText(/will not pay twice/i);
      await shopper.fill(cards.mastercard);
    }
    await shopper.payButton.click();
    await shopper.paid();
    await expect(state(page)).toHaveText('Authorized');
    await expect(page.getByTestId('last4')).toHaveText('4242');
    expect(await since(gateway, before)).toMatchObject({ payments: [{}], asked: 1 });
  });
}

test('takes another card once it is known that the first was not charged', async ({
  visit,
  page,
  gateway,
}) => {
  const before = await gateway.statement();
  const shopper = await visit();
  await shopper.fill(cards.visa);
  const refused = { status: 503, json: { error: 'not_charged' } };
  await page.route('**/orders', (route) => route.fulfill(refused), { times: 1 });
  await shopper.payButton.click();
  await expect(shopper.alert).toContainText(/nothing was charged/i);
  await shopper.fill(cards.mastercard);
  await shopper.payButton.click();
  await shopper.paid();
  expect(await since(gateway, before)).toMatchObject({ payments: [{ card: { last4: '4444' } }] });
});

test('says where to look when nothing more can be learnt, and takes a card again', async ({
  visit,
  page,
}) => {
  const shopper = await visit();
  await shopper.fill(cards.visa);
  const gone = { status: 422, json: { error: 'unknown_token' } };
  const answers = [(route: Route) => route.abort(), (route: Route) => route.fulfill(gone)];
  await page.route('**/orders', (route) => answers.shift()?.(route) ?? route.continue());
  await shopper.payButton.click();
  await expect(shopper.alert).toContainText(/will not pay twice/i);
  await shopper.payButton.click();
  await expect(shopper.alert).toContainText(/may have been charged.*statement.*€87.40/i);
  await shopper.fill(cards.mastercard);
  await shopper.payButton.click();
  await shopper.paid();
  await expect(page.getByTestId('last4')).toHaveText('4444');
});

test('says so on a page that comes back from an order that was placed', async ({
  visit,
  page,
  gateway,
}) => {
  const before = await gateway.statement();
  const shopper = await visit();
  await shopper.fill(cards.visa);
  // The page stays, as it does in the cache.
  await page.route(
    '**/orders',
    async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { order: { id: 'ord_', url: '#placed' } } });
    },
    { times: 1 },
  );
  await shopper.payButton.click();
  await page.waitForURL('**/#placed');
  await fromCache(page);
  await expect(shopper.payButton).toHaveAttribute('aria-busy', 'false');
  await expect(shopper.alert).toContainText(/was placed.*places another/i);
  await expect(shopper.alert.getByRole('button', { name: 'See the order' })).toBeVisible();
  expect(await since(gateway, before)).toMatchObject({ payments: [{}], asked: 1 });
});

test('asks for another address where the shop takes none such, and for no card', async ({
  visit,
  page,
  gateway,
}) => {
  const before = await gateway.statement();
  const shopper = await visit();
  await page.getByLabel('E-mail').fill('ada@example');
  await payWith(shopper, cards.visa);
  await expect(shopper.alert).toContainText(/check your e-mail address/i);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await shopper.payButton.click();
  await shopper.paid();
  expect(await since(gateway, before)).toMatchObject({ payments: [{}], asked: 1 });
});

for (const [name, says] of [
  ['declined', /declined.*nothing was charged/i],
  ['insufficientFunds', /not enough money.*nothing was charged/i],
] as const) {
  test(`${name}: says so, loses nothing, and takes another card`, async ({
    visit,
    page,
    gateway,
  }) => {
    const before = await gateway.statement();
    const shopper = await visit();
    await page.getByLabel('E-mail').fill('ada@example.com');
    await payWith(shopper, gatewayCards[name]);
    await expect(shopper.alert).toContainText(says);
    await expect(shopper.payButton).toHaveAttribute('aria-busy', 'false');
    await expect(page.getByLabel('E-mail')).toHaveValue('ada@example.com');
    // The next card is typed right where the focus stands.
    await expect(shopper.input('number')).toBeFocused();
    await expect(shopper.input('number')).toHaveValue('');
    await payWith(shopper, cards.visa);
    await shopper.paid();
    await expect(page.getByRole('main')).toContainText('ada@example.com');
    expect(await since(gateway, before)).toMatchObject({
      payments: [{ state: 'declined' }, { state: 'authorized' }],
      asked: 2,
    });
  });
}

for (const [button, says, becomes] of [
  ['Yes, it is me', 'Authorized', 'authorized'],
  ['No, refuse it', 'Declined', 'declined'],
] as const) {
  test(`3-D Secure is required, and the shopper says: ${button}`, async ({
    visit,
    page,
    gateway,
  }) => {
    const before = await gateway.statement();
    const shopper = await visit();
    await payWith(shopper, gatewayCards.challenged);
    await expect(page.getByRole('heading', { name: 'Confirm your payment' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText(/no bank is asked, and no money moves/i);
    await expectOpenToAll(page);
    expect(newest(await gateway.statement())).toMatchObject({ state: 'challenge_required' });
    await page.getByRole('button', { name: button }).click();
    await shopper.paid();
    await expect(state(page)).toHaveText(says);
    // Going back asks nobody again.
    await page.goBack();
    await page.goto(page.url());
    expect(await since(gateway, before)).toMatchObject({
      payments: [{ state: becomes }],
      asked: 1,
    });
  });
}

test('the gateway takes the money and goes silent: unknown is told, and nothing is sent again', async ({
  visit,
  page,
  gateway,
}) => {
  test.slow();
  const before = await gateway.statement();
  const shopper = await visit();
  await payWith(shopper, gatewayCards.silent);
  await shopper.token.waitFor(PATIENCE);
  await expect(state(page)).toHaveText('Unknown');
  await expect(page.getByRole('main')).toContainText(/do not pay again/i);
  await expectOpenToAll(page);
  await page.reload();
  await expect(state(page)).toHaveText('Unknown');
  expect(await since(gateway, before)).toMatchObject({ payments: [{}], asked: 1 });
  await page.getByRole('button', { name: 'Ask what became of it' }).click();
  await expect(state(page)).toHaveText('Authorized', PATIENCE);
  expect(await since(gateway, before)).toMatchObject({ payments: [{}], asked: 1 });
});

test('the gateway is not reached: nothing was charged, and the same card pays later', async ({
  visit,
  page,
  gateway,
}) => {
  test.slow();
  const before = await gateway.statement();
  const shopper = await visit();
  await shopper.fill(cards.visa);
  // Connections are taken by the system, and nobody shakes hands: nothing of the card leaves the vault.
  gateway.process.freeze();
  try {
    await shopper.payButton.click();
    await expect(shopper.alert).toContainText(/nothing was charged/i, { timeout: 40_000 });
  } finally {
    gateway.process.thaw();
  }
  await shopper.alert.getByRole('button', { name: 'Try again' }).click();
  await shopper.token.waitFor(PATIENCE);
  await expect(state(page)).toHaveText('Authorized');
  expect(await since(gateway, before)).toMatchObject({ payments: [{}], asked: 1 });
});

test('leaves a card on no page of the shop, in no log, and in no file', async ({
  visit,
  page,
  deployment,
  gateway,
}) => {
  const bodies: Promise<string>[] = [];
  page.on('request', (request) => bodies.push(Promise.resolve(request.postData() ?? '')));
  page.on('response', (response) => bodies.push(response.text().catch(() => '')));
  const before = await gateway.statement();
  for (const card of [gatewayCards.declined, cards.jcb]) {
    const shopper = await visit();
    await payWith(shopper, card);
    await expect(shopper.alert.filter({ hasText: /\w/ }).or(shopper.token)).toBeVisible();
    bodies.push(page.content());
  }
  await expect(page.getByTestId('events')).toContainText('token.created', SOON);
  // Positive control: both did come to the gateway.
  const { payments } = await since(gateway, before);
  expect(payments.map(({ card }) => card.last4)).toStrictEqual(['0002', '0505']);
  const said = [
    ['traffic', (await Promise.all(bodies)).join('\n')],
    ['logs', deployment.logs()],
  ].map(([name = '', text = '']) => ({ name, bytes: Buffer.from(text) }));
  const kept = Buffer.concat(filesBelow(deployment.dataDir).map(({ bytes }) => bytes));
  for (const { name, bytes } of [...said, { name: 'files', bytes: kept }]) {
    expect(bytes.length, name).toBeGreaterThan(500);
    expect(hunt(bytes, cards.jcb.number), name).toStrictEqual([]);
    const control = Buffer.concat([bytes, Buffer.from(cards.jcb.number)]);
    expect(hunt(control, cards.jcb.number), name).toContain('raw plain');
  }
  // So many noughts stand in every database; a text has none of them.
  for (const { name, bytes } of said)
    expect(hunt(bytes, gatewayCards.declined.number), name).toStrictEqual([]);
});
