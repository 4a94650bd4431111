import { VISA } from '../support/cards.ts';
import { cardFrame, expect, openCard, test, tokenize } from '../support/merchant.ts';

/** Keeps the page's ends of all ports the SDK makes, as any script that runs before it can. */
const TAKE_PORTS = `
  window.ports = [];
  const Channel = MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      ports.push(this.port1);
    }
  };`;

/** What Comlink would obey without its guard; each with the port's transfer list where it needs one. */
const MESSAGES = `[
  { type: 'GET', path: [] },
  { type: 'GET', path: ['configure'] },
  { type: 'GET', path: ['__proto__'] },
  { type: 'GET', path: ['configure', 'constructor'] },
  { type: 'SET', path: ['__proto__', 'polluted'], value: raw(true) },
  { type: 'SET', path: ['constructor', 'prototype', 'polluted'], value: raw(true) },
  { type: 'SET', path: ['collect'], value: raw('mine') },
  { type: 'SET', path: ['configure'], value: raw('mine') },
  { type: 'CONSTRUCT', path: ['configure', 'constructor'], argumentList: [raw('return document.forms[0].innerHTML')] },
  { type: 'CONSTRUCT', path: ['configure'], argumentList: [] },
  { type: 'APPLY', path: ['constructor'], argumentList: [] },
  { type: 'APPLY', path: ['configure', 'constructor'], argumentList: [raw('return 1')] },
  { type: 'APPLY', path: ['configure', 'call'], argumentList: [raw(null)] },
  { type: 'APPLY', path: ['collect'], argumentList: [] },
  { type: 'APPLY', path: ['toString'], argumentList: [] },
  { type: 'APPLY', path: ['__proto__'], argumentList: [] },
  { type: 'APPLY', path: ['__defineGetter__'], argumentList: [raw('x'), raw(0)] },
  { type: 'APPLY', path: ['valueOf'], argumentList: [] },
  { type: 'APPLY', path: ['focus'], argumentList: [raw({ field: '__proto__' })] },
  { type: 'APPLY', path: ['setError'], argumentList: [raw({ field: 'number', message: '<img src=x onerror=alert(1)>' })] },
  { type: 'APPLY', path: ['setError'], argumentList: [raw(JSON.parse('{"__proto__":{"polluted":true},"field":"number","message":"x"}'))] },
  { type: 'APPLY', path: ['showErrors'], argumentList: [], extra: 1 },
  { type: 'ENDPOINT', path: [] },
  { type: 'APPLY', path: ['focus'], argumentList: [{ type: 'HANDLER', name: 'proxy', value: 'PORT' }] },
  { type: 'APPLY', path: ['focus'], argumentList: [{ type: 'HANDLER', name: 'throw', value: { isError: true } }] },
]`;

const ATTACK = `(async () => {
  const raw = (value) => ({ type: 'RAW', value });
  const replies = [];
  for (const port of ports) port.addEventListener('message', ({ data }) => replies.push(data));
  for (const port of ports) {
    for (const [index, message] of ${MESSAGES}.entries()) {
      const text = JSON.stringify(message);
      const transfer = text.includes('PORT') || message.type === 'ENDPOINT' ? [new Channel().port2] : [];
      if (text.includes('PORT')) message.argumentList[0].value = transfer[0];
      port.postMessage({ id: 'raw-' + index, ...message }, transfer);
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 400));
  return JSON.stringify(replies);
})()`;

test('lets no raw message on the real ports read, write or pollute anything', async ({
  page,
  merchant,
}) => {
  const frame = await openCard(page, merchant.cardPage({ prelude: TAKE_PORTS }));
  await frame.locator('[autocomplete=cc-number]').fill(VISA.number);
  await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
  await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
  // Field and controller, calls and events each: four ports at least.
  await expect
    .poll(() => page.evaluate(() => Reflect.get(window, 'ports').length))
    .toBeGreaterThanOrEqual(4);

  const replies = String(await page.evaluate(ATTACK));
  expect(replies).not.toContain('4242');
  expect(replies).not.toMatch(/stack|function|=>|at http/);
  // Positive control: the attack did reach the frame, which answers the one message that was a call.
  expect(replies).toContain('refused');

  for (const document of page.frames()) {
    const polluted = await document.evaluate(() =>
      [{}, [], () => {}, ''].map((value) => Reflect.get(Object(value), 'polluted')),
    );
    expect(polluted).toStrictEqual([undefined, undefined, undefined, undefined]);
  }
  await expect(frame.locator('img')).toHaveCount(0);
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 4242 4242');
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('closes the port to a page that floods it, and keeps what was typed to itself', async ({
  page,
  merchant,
}) => {
  const frame = await openCard(page, merchant.cardPage({ prelude: TAKE_PORTS }));
  await frame.locator('[autocomplete=cc-number]').fill(VISA.number);
  const answered = await page.evaluate(async () => {
    const ports: MessagePort[] = Reflect.get(window, 'ports');
    const good = { type: 'APPLY', path: ['showErrors'], argumentList: [] };
    const replies: unknown[] = [];
    for (const port of ports) {
      port.addEventListener('message', ({ data }) => {
        if (data.id === 'after') replies.push(data);
      });
      for (let index = 0; index < 100; index += 1)
        port.postMessage({ id: 'x', type: 'GET', path: [] });
      port.postMessage({ id: 'after', ...good });
    }
    await new Promise((resolve) => setTimeout(resolve, 400));
    return replies;
  });
  expect(answered).toStrictEqual([]);
  await expect(cardFrame(page).locator('[autocomplete=cc-number]')).toHaveValue(/^4242/);
});
