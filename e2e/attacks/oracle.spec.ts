import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { newSession } from '../support/backend.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { expect, type Merchant, openCard, test } from '../support/merchant.ts';

/*
 * A page that asks for a token after every key would learn which beginnings of a number pass Luhn,
 * and be told the last four digits of those that do (P2). Nothing it asks while a number is typed may
 * tell a valid number from an invalid one.
 */

/** A person's typing. */
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
  'elements.tokenize()': `void (async () => {
    while (!window.over) {
      const { token, error } = await elements.tokenize();
      hear(token ? 'token ' + token.card.last4 : error.code);
    }
  })()`,
  'the raw port of the controller': `(() => {
    const listen = (port) => port.addEventListener('message', ({ data }) => {
      const result = data.value?.value;
      if (!String(data.id).startsWith('raw-') || typeof result?.ok !== 'boolean') return;
      window.controller = port;
      hear(result.ok ? 'token ' + result.token.card.last4 : result.error.code);
    });
    ports.forEach(listen);
    const ask = (port) => port.postMessage({
      id: 'raw-' + crypto.randomUUID(), type: 'APPLY', path: ['tokenize'],
      argumentList: [{ type: 'RAW', value: { elements: ['card'] } }],
    });
    // Only the controller's line answers, the second time at the latest: the others drop the call.
    ports.forEach(ask);
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
  for (const event of ['change', 'networkschange', 'binavailable']) {
    card.on(event, ({ fields, networks, network }) => {
      const { valid, complete, potentiallyValid } = fields?.number ?? {};
      hear('state ' + [valid, complete, potentiallyValid, networks.length, network]);
    });
  }`;

/** Types a number, the rest of the card being there, while the page asks and asks. */
async function typeUnder(
  loop: Loop,
  number: string,
  page: Page,
  merchant: Merchant,
  options: object = {},
) {
  const own = { preferredNetworks: ['unionpay'] };
  const frame = await openCard(page, merchant.cardPage({ prelude: TAKE_PORTS, own, options }));
  await page.locator('iframe[name^=hushfield-]').waitFor({ state: 'attached' });
  await page.waitForTimeout(700);
  await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
  await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
  await frame.locator('[autocomplete=cc-number]').click();
  await page.evaluate(WATCH);
  await page.evaluate(LOOPS[loop]);
  // The page has its answers about the empty input before the first key.
  await page.waitForTimeout(400);
  await page.keyboard.type(number, { delay: KEY_MS });
}

/** All that the page heard up to the last key, once each; that it asked too often says nothing. */
async function transcript(...how: Parameters<typeof typeUnder>): Promise<string[]> {
  await typeUnder(...how);
  const [, , page] = how;
  const heard: string[] = await page.evaluate(() => {
    Reflect.set(window, 'over', true);
    return Reflect.get(window, 'heard');
  });
  return [...new Set(heard)].filter((what) => what !== 'rate_limited').sort();
}

/** An answer without a verdict, and a state that is neither valid nor past being so. */
const NOTHING = ['incomplete_number', 'state false,false,true,0,'];

/** Of a length the brand has and is not always done with: a valid number that stays in its input. */
const PAIRS = [
  { brand: 'Maestro of 16', valid: '6759649826438453', invalid: '6759649826438454' },
  { brand: 'Visa of 13', valid: '4222222222222', invalid: '4222222222223' },
  { brand: 'Diners of 14', valid: '36227206271667', invalid: '36227206271668' },
  {
    brand: 'UnionPay of 16 and two networks',
    valid: '6221260000000000',
    invalid: '6221260000000001',
  },
] as const;

const FULL = ['@full'] as const;
const ONCE = ['@once'] as const;

for (const loop of ['elements.tokenize()', 'the raw port of the controller'] as const) {
  for (const { brand, valid, invalid } of PAIRS) {
    test(
      `answers alike for a valid and an invalid ${brand} while it is typed, by ${loop}`,
      attack(
        16,
        `asks for a token after every key, by ${loop}`,
        ...(brand !== 'Visa of 13' ? FULL : loop === 'elements.tokenize()' ? ONCE : []),
      ),
      async ({ page, merchant }) => {
        for (const number of [valid, invalid]) {
          expect(await transcript(loop, number, page, merchant)).toStrictEqual(NOTHING);
        }
        saw('the same two answers for both');
      },
    );
  }

  test(
    `makes no token of a number's valid beginning, by ${loop}`,
    attack(
      16,
      `asks for a token after every key, by ${loop}`,
      ...(loop === 'elements.tokenize()' ? FULL : []),
    ),
    async ({ page, merchant }) => {
      const number = canaryNumber(canaryNumber('42424242', 13), 16);
      await typeUnder(loop, number, page, merchant);
      const tokens = () =>
        page.evaluate(() =>
          Reflect.get(window, 'heard').filter((what: string) => what.startsWith('token')),
        );
      // The whole number is the first that is traded, and the only one.
      await expect.poll(tokens).toStrictEqual([`token ${number.slice(-4)}`]);
    },
  );
}

test(
  'says of a brand that its session does not take no sooner than of a wrong number',
  attack(16, 'asks for a token after every key, under a session for other brands', ...ONCE),
  async ({ page, merchant }) => {
    const { deployment, origin } = merchant;
    const made = await newSession(deployment, { origins: [origin], brands: ['amex'] });
    const options = { session: made.session };
    for (const number of ['4222222222222', '4222222222223']) {
      const heard = await transcript('elements.tokenize()', number, page, merchant, options);
      expect(heard).toStrictEqual(NOTHING);
      // Positive control: left by a key, it is told which of the two it was.
      const code = number.endsWith('2') ? 'brand_not_supported' : 'invalid_number';
      await page.keyboard.press('Tab');
      const told = () => page.evaluate(`card.getState().error?.code`);
      await expect.poll(told).toBe(code);
    }
    saw('the same two answers for a number of no such brand and for one that is wrong');
  },
);

/** What a page can do to end the typing of a number for the shopper. */
const AWAY = [
  { how: 'card.blur()', act: 'card.blur()', tag: [] },
  { how: "card.focus('expiry')", act: "card.focus('expiry')", tag: ONCE },
  { how: 'an input of its own', act: 'own.focus()', tag: ONCE },
  { how: 'disabling it', act: 'card.update({ disabled: true })', tag: FULL },
  { how: 'taking inputs out', act: "card.update({ fields: ['number', 'cvc'] })", tag: FULL },
  {
    how: 'an error of its own',
    act: "card.setError('number', 'x'); card.setError('number', ''); card.blur()",
    tag: FULL,
  },
] as const;

const VERDICTS = `card.on('change', ({ error, fields: { number: { valid, complete, potentiallyValid } } }) =>
  heard.push([valid, complete, potentiallyValid, error?.code].join()))`;

for (const { how, act, tag } of AWAY) {
  test(
    `tells nothing of a number when the page takes its focus away, by ${how}`,
    attack(16, `ends the typing by ${how} and listens for the verdict`, ...tag),
    async ({ page, merchant }) => {
      const told: string[][] = [];
      for (const number of ['4222222222222', '4222222222223']) {
        const frame = await openCard(page, merchant.cardPage({ body: '<input id="own">' }));
        await page.evaluate(`window.heard = []; ${VERDICTS}`);
        await frame.locator('[autocomplete=cc-number]').click();
        await page.keyboard.type(number, { delay: 30 });
        // Two ticks and more, and less than the pause in which nobody is still typing.
        const heard = await page.evaluate(
          `(async () => {
            ${act};
            await new Promise((resolve) => setTimeout(resolve, 350));
            return [...new Set(heard)].filter((verdict) => verdict !== 'false,false,true,');
          })()`,
        );
        expect(heard).toStrictEqual([]);
        // Positive control: when the number has been left and has rested, the page is told.
        await page.keyboard.press('Tab');
        const last = () => page.evaluate('heard.at(-1)');
        await expect.poll(last).not.toBe('false,false,true,');
        told.push([String(await last())]);
      }
      expect(told[0]).not.toStrictEqual(told[1]);
      saw('no verdict within 350 ms; told after a rest');
    },
  );
}
