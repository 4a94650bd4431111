import { newSession, readToken } from '../support/backend.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { expect, test } from '../support/test.ts';

const TOKEN = /^tok_test_[0-9A-Za-z]{28}$/;

for (const [title, query, card] of [
  ['the combined card', '', VISA],
  ['separate elements', '?layout=separate', VISA],
  ['a name', '?name=1', { ...VISA, name: 'Zoë Doe' }],
  ['a fifteen-digit card', '', { ...VISA, number: '378282246310005', cvc: '1234' }],
] as const) {
  test(`pays with ${title}`, async ({ visit, deployment }) => {
    const shopper = await visit(query);
    await shopper.fill(card);
    const token = await shopper.pay();
    expect(token).toMatch(TOKEN);
    await expect(shopper.page.getByTestId('last4')).toHaveText(card.number.slice(-4));
    const { status, body } = await readToken(deployment, token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: token,
      card: { last4: card.number.slice(-4), expMonth: 12, cvcCollected: true },
    });
  });
}

test('gives each payment a token of its own', async ({ visit }) => {
  const number = canaryNumber();
  const tokens = new Set<string>();
  for (let round = 0; round < 2; round += 1) {
    const shopper = await visit();
    await shopper.fill({ ...VISA, number });
    tokens.add(await shopper.pay());
  }
  expect(tokens.size).toBe(2);
});

test('places one order when the button is pressed twice', async ({ visit, page }) => {
  const orders: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') orders.push(new URL(request.url()).pathname);
  });
  const shopper = await visit();
  await shopper.fill(VISA);
  await shopper.payButton.dblclick();
  await shopper.paid();
  expect(orders.filter((path) => path === '/orders')).toHaveLength(1);
  expect(orders.filter((path) => path === '/v1/tokenize')).toHaveLength(1);
});

test('pays with what was typed before the session of the page ran out', async ({
  visit,
  page,
  deployment,
}) => {
  const { session } = await newSession(deployment, {
    origins: [deployment.shopOrigin],
    expiresIn: 60,
  });
  // A page that has stood open for nearly as long as its session lasts.
  await page.addInitScript((text) => {
    document.addEventListener('readystatechange', () => {
      document.querySelector('#checkout')?.setAttribute('data-session', text);
    });
  }, session);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.clock.install();
  const shopper = await visit();
  await expect(page.locator('#checkout')).toHaveAttribute('data-session', session);
  await shopper.fill(VISA);
  await page.clock.fastForward(61_000);
  expect(await shopper.pay()).toMatch(TOKEN);
  expect(asked.filter((path) => path === '/session')).toHaveLength(1);
  expect(asked.filter((path) => path === '/v1/tokenize')).toHaveLength(1);
});

test('tells the order page the brand, the last digits and the expiry, and no page the secret key', async ({
  visit,
  page,
  deployment,
}) => {
  const bodies: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.status() < 300) bodies.push(response.text().catch(() => ''));
  });
  const shopper = await visit();
  await shopper.fill(VISA);
  await shopper.pay();
  await expect(page.getByTestId('brand')).toHaveText(/visa/i);
  await expect(page.getByTestId('expiry')).toHaveText(/^12 \/ 20\d\d$/);
  const all = (await Promise.all(bodies)).join('\n');
  expect(all).toContain(deployment.keys.publishableKey);
  expect(all).not.toContain(deployment.keys.secretKey);
});
