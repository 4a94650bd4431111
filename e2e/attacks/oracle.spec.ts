import type { Page } from '@playwright/test';
import { canaryNumber, VISA } from '../support/cards.ts';
import { cardFrame, expect, type Merchant, openCard, test } from '../support/merchant.ts';

/*
 * A page that asks for a token after every key would learn which beginnings of a number pass Luhn,
 * and be told the last four digits of those that do (P2). Nothing it asks while a number is typed may
 * tell a valid number from an invalid one.
 */

/** A person's typing; the shopper is said to rest only after many times that. */
const KEY_MS = 100;

/** Keeps the page's ends of all ports the SDK makes. */
const TAKE_PORTS = `
  window.ports = [];
  const Channel = MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      ports.push(this.port1);
    }
  };`;

/** Each runs in the page until \`window.over\` and writes all it is answered to \`window.heard\`. */
const LOOPS = {
  'elements.tokenize()': `(async () => {
    while (!window.over) {
      const { token, error } = await elements.tokenize();
      hear(token ? 'token ' + token.card.last4 : error.code);
    }
  })()`,
  'the raw port of the controller': `(() => {
    const values = (port) => port.addEventListener('message', ({ data }) => {
      const result = data?.value?.value ?? data?.value;
      if (!String(data?.id).startsWith('raw-') || typeof result?.ok !== 'boolean') return;
      window.controller = port;
      hear(result.ok ? 'token ' + result.token.card.last4 : result.error.code);
    });
    ports.forEach(values);
    const ask = (port) => port.postMessage({
      id: 'raw-' + crypto.randomUUID(), type: 'APPLY', path: ['tokenize'],
      argumentList: [{ type: 'RAW', value: { elements: ['card'] } }],
    });
    ports.forEach(ask);
    const timer = setInterval(() => {
      if (window.over) return clearInterval(timer);
      if (window.controller) ask(window.controller);
    }, 20);
  })()`,
} as const;

type Loop = keyof typeof LOOPS;

const WATCH = `
  window.over = false;
  window.heard = [];
  window.hear = (what) => { if (!over) heard.push(what); };
  for (const event of ['change', 'networkschange']) {
    card.on(event, ({ fields, networks }) => hear(JSON.stringify([fields?.number, networks])));
  }`;

/** All that the page heard, once each, from the first key to the last. */
async function transcript(page: Page, merchant: Merchant, loop: Loop, number: string) {
  const frame = await openCard(page, merchant.cardPage({ prelude: TAKE_PORTS }));
  await expect(page.locator('iframe[name^=hushfield-]')).toHaveCount(1);
  // The rest of the card is there, so that only the number stands between the page and a token.
  await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
  await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(number.slice(0, 8), { delay: KEY_MS });
  await page.evaluate(WATCH);
  await page.evaluate(LOOPS[loop]);
  await page.keyboard.type(number.slice(8), { delay: KEY_MS });
  const heard: string[] = await page.evaluate(() => {
    Reflect.set(window, 'over', true);
    return Reflect.get(window, 'heard');
  });
  return [...new Set(heard)].sort();
}

/** Of a length the brand has and is not always done with: a valid number that stays in its input. */
const PAIRS = [
  { brand: 'Maestro of 16', valid: '6759649826438453', invalid: '6759649826438454' },
  { brand: 'Visa of 13', valid: '4222222222222', invalid: '4222222222223' },
  { brand: 'Diners of 14', valid: '36227206271667', invalid: '36227206271668' },
] as const;

for (const loop of ['elements.tokenize()', 'the raw port of the controller'] as const) {
  for (const { brand, valid, invalid } of PAIRS) {
    test(`answers alike for a valid and an invalid ${brand} while it is typed, by ${loop}`, async ({
      page,
      merchant,
    }) => {
      const told = await transcript(page, merchant, loop, valid);
      expect(await transcript(page, merchant, loop, invalid)).toStrictEqual(told);
      const codes = told.filter((what) => /^[a-z]/.test(what));
      for (const code of codes) expect(['incomplete_number', 'rate_limited']).toContain(code);
      // Positive control: the loop was heard and answered.
      expect(codes.length).toBeGreaterThan(0);
    });
  }
}

for (const loop of ['elements.tokenize()', 'the raw port of the controller'] as const) {
  test(`makes no token of a number's valid beginning, by ${loop}`, async ({ page, merchant }) => {
    const beginning = canaryNumber('42424242', 13);
    const number = canaryNumber(beginning, 16);
    const typing = transcript(page, merchant, loop, number);
    const heard = await typing;
    expect(heard.filter((what) => what.startsWith('token'))).toStrictEqual(
      heard.includes(`token ${number.slice(-4)}`) ? [`token ${number.slice(-4)}`] : [],
    );
    await page.evaluate(WATCH);
    // Positive control: what the loop asked for is given once the number is whole.
    const frame = cardFrame(page);
    await frame.locator('[autocomplete=cc-number]').fill(number);
    await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
    await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
    await page.evaluate(LOOPS[loop]);
    await expect
      .poll(() => page.evaluate(() => Reflect.get(window, 'heard')), { timeout: 10_000 })
      .toContain(`token ${number.slice(-4)}`);
  });
}
