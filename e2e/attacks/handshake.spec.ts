import { VISA } from '../support/cards.ts';
import { expect, openCard, test, tokenize } from '../support/merchant.ts';

/**
 * Runs in an ad frame or a popup: offers ports to every frame of the page and says hello to the page
 * itself, all the time, and keeps whatever comes back.
 */
const IMPOSTOR = `
  window.booty = [];
  const page = window.opener ?? window.parent;
  addEventListener('message', (event) => booty.push({ data: event.data, ports: event.ports.length }));
  const attack = () => {
    let sids = [];
    try {
      sids = [...page.document.querySelectorAll('iframe')]
        .map((frame) => new URLSearchParams(new URL(frame.src).hash.slice(1)).get('sid'))
        .filter(Boolean);
    } catch {}
    for (const sid of sids) {
      for (const role of ['field', 'controller']) {
        page.postMessage({ v: 1, type: 'hello', role, sid }, '*');
      }
      for (let index = 0; index < page.frames.length; index += 1) {
        if (page.frames[index] === window) continue;
        const calls = new MessageChannel();
        const events = new MessageChannel();
        const join = new MessageChannel();
        for (const { port1 } of [calls, events, join]) {
          port1.onmessage = ({ data }) => booty.push({ data });
        }
        page.frames[index].postMessage({ v: 1, type: 'connect', sid }, '*', [calls.port2, events.port2]);
        const member = { type: 'join', protocol: 1, key: KEY, sid, member: 'card' };
        page.frames[index].postMessage(member, '*', [join.port2]);
        calls.port1.postMessage({ id: 'a', type: 'APPLY', path: ['clear'], argumentList: [{ type: 'RAW', value: {} }] });
        join.port1.postMessage({ id: 'b', type: 'APPLY', path: ['collect'], argumentList: [] });
      }
    }
  };
  setInterval(attack, 5);`;

for (const impostor of ['an ad frame', 'a popup'] as const) {
  test(`gives ${impostor} that forges hello, connect and join neither a port nor an answer`, async ({
    page,
    merchant,
  }) => {
    const { publishableKey } = merchant.deployment.keys;
    merchant.pages.set('/impostor', `<script>const KEY = '${publishableKey}';${IMPOSTOR}</script>`);
    // Same origin as the merchant's page: it can even read the session id out of the frame's URL.
    const prelude =
      impostor === 'a popup'
        ? "window.impostor = open('/impostor');"
        : `addEventListener('DOMContentLoaded', () => {
             const frame = document.createElement('iframe');
             frame.src = '/impostor';
             document.body.prepend(frame);
           });`;
    const frame = await openCard(page, merchant.cardPage({ prelude }));
    await frame.locator('[autocomplete=cc-number]').fill(VISA.number);
    await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
    await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
    await page.waitForTimeout(500);
    await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 4242 4242');
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);

    const where =
      impostor === 'a popup'
        ? page
            .context()
            .pages()
            .find((other) => other.url().endsWith('/impostor'))
        : page.frames().find((other) => other.url().endsWith('/impostor'));
    expect(await where?.evaluate(() => Reflect.get(window, 'booty'))).toStrictEqual([]);
  });
}

test('does not take a hello that the page sends to itself', async ({ page, merchant }) => {
  const prelude = `
    window.seen = [];
    const forge = (sid) => postMessage({ v: 1, type: 'hello', role: 'field', sid }, '*');
    addEventListener('message', ({ data, ports }) => {
      if (data.type === 'connect') seen.push(ports.length);
      if (data.sid) forge(data.sid);
    });`;
  // The prelude echoes each genuine hello once, from the wrong window.
  const echoOnce = prelude.replace(
    'if (data.sid)',
    'if (data.sid && (window.echoes = (window.echoes ?? 0) + 1) < 20)',
  );
  await openCard(page, merchant.cardPage({ prelude: echoOnce }));
  expect(await page.evaluate(() => Reflect.get(window, 'seen'))).toStrictEqual([]);
});

test('gives the page itself no port to the card: its join is not from our origin', async ({
  page,
  merchant,
}) => {
  const frame = await openCard(page, merchant.cardPage());
  await frame.locator('[autocomplete=cc-number]').fill(VISA.number);
  const booty = await page.evaluate(async (key) => {
    const got: unknown[] = [];
    const iframes = [...document.querySelectorAll('iframe')];
    for (const { contentWindow, src } of iframes) {
      const sid = new URLSearchParams(new URL(src).hash.slice(1)).get('sid');
      for (const member of ['card', 'cardNumber', 'spare']) {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => got.push(data);
        contentWindow?.postMessage({ type: 'join', protocol: 1, key, sid, member }, '*', [port2]);
        port1.postMessage({ id: 'x', type: 'APPLY', path: ['collect'], argumentList: [] });
      }
      // A second connect, from the true page: the frame has its ports and must not swap them.
      const [calls, events] = [new MessageChannel(), new MessageChannel()];
      calls.port1.onmessage = ({ data }) => got.push(data);
      const connect = { v: 1, type: 'connect', sid };
      contentWindow?.postMessage(connect, '*', [calls.port2, events.port2]);
      calls.port1.postMessage({ id: 'y', type: 'APPLY', path: ['showErrors'], argumentList: [] });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    return got;
  }, merchant.deployment.keys.publishableKey);
  expect(booty).toStrictEqual([]);
});
