import { mergeTests } from '@playwright/test';
import { VISA } from '../support/cards.ts';
import { type Ending, racing, test as failing } from '../support/failing.ts';
import { honestPage } from '../support/honest-page.ts';
import { expect, test as driven, type Webkit } from '../support/webkit-driver.ts';

/* A part of `journeys/failure.spec.ts`, in the system's WebKit. */

const test = mergeTests(driven, failing);

const LATER = `
  window.ready = Promise.resolve();
  window.elements = Hushfield(KEY).elements();
  window.card = elements.create('card', { fields: ['number', 'expiry', 'cvc'] });`;
const MOUNT = `card.mount('#card')`;
const POST = 'POST /v1/tokenize';

/** Ends before the driver stops waiting for a script, and well after all that is told at once. */
const race = async (webkit: Webkit, expression: string): Promise<string> => {
  const ending = await webkit.run(`return JSON.stringify(await ${racing(expression, 14_000)})`);
  return (JSON.parse(String(ending)) as Ending).how;
};

async function typeCard(webkit: Webkit): Promise<void> {
  await webkit.click(await webkit.frame(), 'cc-number');
  await webkit.type(VISA.number + VISA.expiry + VISA.cvc);
}

test('says that the fields did not load when their host refuses connections, and loads them on retry', async ({
  webkit,
  merchant,
  hosts,
}) => {
  expect(await webkit.open(honestPage(merchant, { script: LATER }))).toBe('ready');
  await hosts.fields.down();
  expect(await race(webkit, MOUNT)).toBe('frame_timeout');
  await hosts.fields.up();
  expect(await race(webkit, 'card.retry()')).toBe('done');
  await typeCard(webkit);
  expect(await race(webkit, 'elements.tokenize()')).toBe('token');
});

test('keeps the card while the vault is away or refuses, and pays later', async ({
  webkit,
  merchant,
  hosts,
}) => {
  expect(await webkit.open(honestPage(merchant, { script: LATER }))).toBe('ready');
  expect(await race(webkit, MOUNT)).toBe('done');
  await typeCard(webkit);
  const busy = { status: 429, type: 'text/html', body: '<h1>Not now</h1>' };
  hosts.api.fate = (asked) => (asked.startsWith(POST) ? busy : 'pass');
  expect(await race(webkit, 'elements.tokenize()')).toBe('rate_limited');
  hosts.api.fate = () => 'pass';
  await Promise.all([hosts.fields.down(), hosts.api.down()]);
  const back = setTimeout(() => void Promise.all([hosts.fields.up(), hosts.api.up()]), 1_500);
  expect(await race(webkit, 'elements.tokenize()')).toBe('token');
  clearTimeout(back);
});

test('leaves no promise hanging when a page goes on without an answer', async ({
  webkit,
  merchant,
  hosts,
}) => {
  expect(await webkit.open(honestPage(merchant, { script: LATER }))).toBe('ready');
  expect(await race(webkit, MOUNT)).toBe('done');
  await typeCard(webkit);
  hosts.api.fate = (asked) => (asked.startsWith(POST) ? 'hold' : 'pass');
  const destroyed = `(setTimeout(() => elements.destroy(), 800), elements.tokenize())`;
  expect(await race(webkit, destroyed)).toBe('aborted');
});
