import { expect, type Page } from '@playwright/test';
import { canaryNumber } from './cards.ts';
import type { HuntingGround } from './hunting-ground.ts';
import { Shopper } from './shopper.ts';

/** A way to use a checkout, or to see one fail, with cards that are hunted for afterwards. */
export type Journey = (ground: HuntingGround) => Promise<void>;

/** How long a frame may take to try again after an outage. */
const PATIENCE = { timeout: 45_000 };
const BLINK_MS = 500;

async function visit(ground: HuntingGround, query = '?name=1'): Promise<Shopper> {
  const { page } = ground;
  await page.goto(`${ground.deployment.shopOrigin}/${query}`);
  const shopper = new Shopper(page, query.includes('separate') ? 'separate' : 'card');
  await shopper.input('cvc').waitFor();
  return shopper;
}

async function arrive(ground: HuntingGround, shopper: Shopper): Promise<void> {
  await shopper.token.waitFor(PATIENCE);
  await ground.witness.look(ground.page);
}

/** Waits until the shopper is told anything: paid, or not. Short tickets run out in an outage. */
async function settle(ground: HuntingGround, shopper: Shopper): Promise<void> {
  const told = shopper.alert.filter({ hasText: /\w/ }).first();
  await expect(told.or(shopper.token)).toBeVisible(PATIENCE);
  await ground.witness.look(ground.page);
}

/** Pays, after an expiry that has passed was refused. */
const pays =
  (query: string): Journey =>
  async (ground) => {
    const shopper = await visit(ground, query);
    const { name, ...card } = ground.card(`paid ${query}`);
    await shopper.type('number', card.number);
    await shopper.type('expiry', '1220');
    // Leaving a field within a blink of a digit is what a theft of focus looks like.
    await ground.page.waitForTimeout(BLINK_MS);
    await shopper.type('cvc', card.cvc);
    if (query.includes('name')) await shopper.type('name', name);
    await ground.page.waitForTimeout(BLINK_MS);
    await shopper.payButton.click();
    // The field may have said so by itself: what was asked for must have ended too.
    await expect(shopper.payButton).toHaveAttribute('aria-busy', 'false');
    await expect(shopper.message('expiry')).toHaveText(/expired/i);
    await shopper.input('expiry').fill('');
    await shopper.type('expiry', card.expiry);
    await shopper.payButton.click();
    await arrive(ground, shopper);
  };

/** Mistypes number and code, then leaves by a reload and by the back button. */
const mistypes: Journey = async (ground) => {
  const { page } = ground;
  const shopper = await visit(ground);
  const good = canaryNumber();
  const wrong = good.slice(0, -1) + ((Number(good.at(-1)) + 1) % 10);
  await shopper.fill({ number: ground.watch(wrong, 'wrong'), expiry: '1350', cvc: '1' });
  await page.waitForTimeout(BLINK_MS);
  await shopper.payButton.click();
  await expect(shopper.message('number')).not.toBeEmpty();
  await ground.witness.look(page);
  const card = ground.card('reloaded');
  await shopper.input('number').fill('');
  await shopper.type('number', card.number);
  await shopper.input('cvc').fill('');
  await shopper.type('cvc', card.cvc);
  await page.reload();
  await shopper.input('cvc').waitFor();
  expect(await shopper.input('number').inputValue()).toBe('');
  await shopper.type('number', card.number);
  await page.goto(`${ground.deployment.shopOrigin}/shop.css`);
  // Over BiDi the driver waits for ever for a page that comes out of Firefox's cache.
  if (ground.engine === 'chromium') await page.goBack();
  else await visit(ground);
  await shopper.input('cvc').waitFor();
  expect(await shopper.input('number').inputValue()).toBe('');
};

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
const meddles: Journey = async (ground) => {
  const { page } = ground;
  await visit(ground, '?layout=separate');
  await page.evaluate(async () => {
    const form = document.querySelector<HTMLElement>('#checkout');
    const box = document.createElement('div');
    box.id = 'own';
    form?.before(box);
    const start = Reflect.get(window, 'Hushfield');
    const own = start(form?.dataset['key']).elements();
    Reflect.set(window, 'own', own);
    await own.create('card', { fields: ['number', 'expiry', 'cvc'] }).mount(box);
  });
  const shopper = new Shopper(page);
  const { number, expiry, cvc } = ground.card('meddled');
  ground.watch(number.slice(0, 14), 'partial');
  await shopper.type('number', number.slice(0, 14));
  expect(await askInPage(page, {})).toMatch(/^incomplete_number /);
  await page.locator('#email').click();
  await page.keyboard.type('someone@example.com');
  await shopper.input('number').press('End');
  await page.keyboard.type(number.slice(14));
  await shopper.type('expiry', expiry);
  await shopper.type('cvc', cvc);
  expect(await askInPage(page, { abort: true })).toMatch(/^aborted /);
  await ground.witness.look(page);
  await page.evaluate(() => Reflect.get(window, 'own').destroy());
};

function answer(ground: HuntingGround, status: string, body: string, type = 'application/json') {
  const head = [
    `HTTP/1.1 ${status}`,
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `access-control-allow-origin: http://127.0.0.1:${ground.deployment.portBase + 6}`,
    'cross-origin-resource-policy: cross-origin',
    'connection: close',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problem(code: string, status: number): string {
  const text = { type: `urn:hushfield:error:${code}`, title: 'x', status, code };
  return JSON.stringify({ ...text, retryable: false, requestId: 'req_x' });
}

/** Answers that the vault did not give, by an edge that is broken or hostile. */
function answers(ground: HuntingGround, breadth: 'core' | 'full'): Buffer[] {
  const replayed = ground.api
    .exchanges('POST /v1/tokenize')
    .map(({ response }) => response.body.toString())
    .filter((body) => body.includes('"reply"'));
  const core = [
    answer(ground, '400 Bad Request', problem('invalid_request', 400)),
    answer(ground, '409 Conflict', problem('idempotency_conflict', 409)),
  ];
  if (breadth === 'core') return core;
  return [
    ...core,
    // These are tried again for as long as a shopper waits: no answer that opens has come.
    answer(ground, '200 OK', replayed[0] ?? '{"v":1,"reply":""}'),
    answer(ground, '200 OK', (replayed[0] ?? '').replace(/[A-Z]/, '_')),
    answer(ground, '200 OK', '{"v":1,"reply":"AAAA"}'),
    answer(ground, '200 OK', '<html>', 'text/html'),
    answer(ground, '200 OK', '{"v":1,"__proto__":{"reply":"x"}}'),
    answer(ground, '401 Unauthorized', problem('unauthorized', 401)),
    answer(ground, '403 Forbidden', 'blocked by a firewall', 'text/plain'),
    answer(ground, '413 Payload Too Large', ''),
    answer(ground, '418 Teapot', '{"code":"__proto__"}'),
    answer(ground, '429 Too Many Requests', problem('rate_limited', 429)),
  ];
}

/** Pays while an edge answers in the vault's stead, then in truth. */
const garbled =
  (breadth: 'core' | 'full'): Journey =>
  async (ground) => {
    const { api } = ground;
    for (const instead of answers(ground, breadth)) {
      const shopper = await visit(ground);
      await shopper.fill(ground.card('garbled'));
      api.instead = instead;
      await shopper.payButton.click();
      await settle(ground, shopper);
      expect(await shopper.token.count(), 'a token out of a forged answer').toBe(0);
      api.instead = undefined;
    }
  };

/** Loses the vault while it holds the request, then gets it back. */
const killedMidway: Journey = async (ground) => {
  const { deployment } = ground;
  const { vault } = deployment;
  const shopper = await visit(ground, '?name=1');
  await shopper.fill(ground.card('killed midway'));
  const before = ground.api.bytes.length;
  vault.freeze();
  await shopper.payButton.click();
  // The whole request has left the browser, and waits in the socket of a process that stands still.
  await expect.poll(() => ground.api.bytes.length - before).toBeGreaterThan(2_000);
  await vault.kill();
  ground.snapshot();
  await deployment.startVault();
  await arrive(ground, shopper);
};

/** Kills the vault at many moments around a tokenization: before, during and after its transaction. */
const killedAround: Journey = async (ground) => {
  for (const delay of [0, 5, 15, 40]) {
    const shopper = await visit(ground);
    await shopper.fill(ground.card(`killed after ${delay}`));
    const sent = ground.page.waitForRequest(/\/v1\/tokenize$/);
    await shopper.payButton.click();
    await sent;
    await ground.page.waitForTimeout(delay);
    await ground.deployment.vault.kill();
    ground.snapshot();
    await ground.deployment.startVault();
    await settle(ground, shopper);
  }
};

/** The vault is away when the button is pressed, and comes back. */
const vaultAway: Journey = async (ground) => {
  const shopper = await visit(ground, '?layout=separate');
  const { name: _, ...card } = ground.card('vault away');
  await shopper.fill(card);
  await ground.deployment.vault.kill();
  await shopper.payButton.click();
  await expect(shopper.payButton).toHaveAttribute('aria-busy', 'true');
  await ground.page.waitForTimeout(2_000);
  await ground.deployment.startVault();
  await settle(ground, shopper);
};

/** The ticket is renewed under a typed card; then it runs out while there is no vault to renew it. */
const ticketRunsOut: Journey = async (ground) => {
  const { page, deployment } = ground;
  const shopper = await visit(ground);
  await shopper.fill(ground.card('renewed'));
  await page.waitForEvent('framenavigated', {
    predicate: (frame) => frame.url().includes('/controller'),
    timeout: 20_000,
  });
  await shopper.payButton.click();
  await arrive(ground, shopper);

  await visit(ground);
  await shopper.fill(ground.card('run out'));
  await deployment.vault.kill();
  await page.waitForTimeout(12_000);
  await shopper.payButton.click();
  await page.waitForTimeout(1_000);
  await deployment.startVault();
  await settle(ground, shopper);
};

/** Stands typed until every browser has written down what it would restore after a crash. */
const lingers: Journey = async (ground) => {
  const shopper = await visit(ground, '?name=1');
  await shopper.fill(ground.card('lingering'));
  await ground.page.waitForTimeout(6_000);
  ground.snapshot();
};

export const CORE: readonly Journey[] = [
  pays('?name=1'),
  pays('?layout=separate'),
  mistypes,
  meddles,
  garbled('core'),
  killedMidway,
];

export const FULL: readonly Journey[] = [
  pays('?name=1'),
  pays('?layout=separate'),
  pays(''),
  mistypes,
  meddles,
  garbled('full'),
  killedMidway,
  killedAround,
  vaultAway,
  ticketRunsOut,
  lingers,
];
