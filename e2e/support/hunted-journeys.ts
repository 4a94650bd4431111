import { expect } from '@playwright/test';
import { canaryNumber } from './cards.ts';
import { meddles, returns } from './hunted-own-elements.ts';
import { arrive, BLINK_MS, type Journey, settle, visit } from './hunted-visit.ts';
import type { HuntingGround } from './hunting-ground.ts';

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
    const sent = ground.api.passing('POST /v1/tokenize ');
    await shopper.payButton.click();
    await sent;
    await ground.page.waitForTimeout(delay);
    await ground.deployment.vault.kill();
    ground.snapshot();
    await ground.deployment.startVault();
    await settle(ground, shopper);
    // The next one is another shopper: while an order is open, the shop asks for that and takes no card.
    await ground.page.evaluate(() => sessionStorage.clear());
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
  returns,
  meddles,
  garbled('core'),
  killedMidway,
];

export const FULL: readonly Journey[] = [
  pays('?name=1'),
  pays('?layout=separate'),
  pays(''),
  mistypes,
  returns,
  meddles,
  garbled('full'),
  killedMidway,
  killedAround,
  vaultAway,
  ticketRunsOut,
  lingers,
];
