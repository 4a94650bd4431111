import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { VISA } from '../support/cards.ts';
import type { Deployment } from '../support/deployment.ts';
import { expect, type Merchant, openCard, test, tokenize, valuesIn } from '../support/merchant.ts';

/**
 * Runs in every ad frame and in the popup. At each order of the page, which betrays the session to
 * it, it says hello, connects and joins to every frame of the page and to the page itself, with ports of
 * its own and a call under way on each, and keeps whatever comes back.
 */
const ad = ({ fieldsOrigin }: Deployment) => `
  const page = window.opener ?? window.parent;
  const booty = [];
  let shots = 0;
  const port = (method) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => booty.push(data);
    port1.postMessage({ id: 'x', type: 'APPLY', path: [method], argumentList: [] });
    return port2;
  };
  const shoot = (target, message, methods) => {
    target.postMessage(message, '*', methods.map(port));
    shots += 1;
  };
  const attack = (sid, key) => {
    for (const role of ['field', 'controller']) {
      shoot(page, { v: 1, type: 'hello', role, sid }, []);
      shoot(page, { v: 1, type: 'hello', role, sid, refuse: 'insecure_context' }, []);
    }
    for (let index = 0; index < page.frames.length; index += 1) {
      const target = page.frames[index];
      if (target === window) continue;
      shoot(target, { v: 1, type: 'connect', sid }, ['blur', 'blur']);
      shoot(target, { v: 1, type: 'connect', sid }, ['abort', 'abort']);
      for (const member of ['card', 'cardCvc']) {
        shoot(target, { type: 'join', protocol: 1, key, sid, member }, ['collect']);
      }
    }
  };
  addEventListener('message', ({ source, origin, data }) => {
    // The others of the gang shoot here too; what counts comes from a frame of ours or the SDK.
    const order = source === page && (data.tell || data.key);
    if (!order && (source === page || origin === '${fieldsOrigin}')) booty.push(data);
    if (data.tell) page.postMessage({ booty, shots }, '*');
    if (order && data.key) attack(data.sid, data.key);
  });`;

/** A frame without any of our rules: what it gives away shows that the attack would be seen to work. */
const NAIVE = `addEventListener('message', ({ ports }) => {
  for (const port of ports) port.postMessage('naive');
});`;

/** The page is in league: it frames them all, opens the popup, and gives an order at each new frame. */
function league({ deployment }: Merchant): string {
  const elsewhere = deployment.shopOrigin.replace('localhost', '127.0.0.1');
  return `
    const inline = ${JSON.stringify(`<script>${ad(deployment)}</script>`).replaceAll('</', '<\\/')};
    const KEY = '${deployment.keys.publishableKey}';
    const gang = [];
    window.reports = [];
    let orders = 0;
    const order = (sid) => {
      if ((orders += 1) > 12) return;
      for (const who of gang) who.postMessage({ sid, key: KEY }, '*');
    };
    window.ask = () => gang.map((who) => who.postMessage({ tell: true }, '*')).length;
    const frame = (give) => {
      const made = document.createElement('iframe');
      give(made);
      document.body.prepend(made);
      gang.push(made.contentWindow);
    };
    addEventListener('message', ({ data, origin }) => {
      if (data.booty) reports.push({ origin, ...data });
      else if (data.type === 'hello' && origin === '${deployment.fieldsOrigin}') order(data.sid);
    });
    addEventListener('DOMContentLoaded', () => {
      frame((ad) => { ad.src = '/ad'; });
      frame((ad) => { ad.src = '${elsewhere}/ad'; });
      frame((ad) => { ad.src = '/ad'; ad.sandbox = 'allow-scripts'; });
      frame((ad) => { ad.srcdoc = inline; });
      frame((ad) => { ad.src = 'data:text/html,' + encodeURIComponent(inline); });
      frame((ad) => { ad.src = URL.createObjectURL(new Blob([inline], { type: 'text/html' })); });
      const naive = document.createElement('iframe');
      naive.src = '/naive';
      document.body.append(naive);
    });
    window.gang = gang;
    window.again = () => order(new URLSearchParams(new URL(
      document.querySelector('iframe[title="Secure card fields"]').src).hash.slice(1)).get('sid'));`;
}

type Report = { origin: string; booty: unknown[]; shots: number };

async function reportsOf(page: Page): Promise<Report[]> {
  const asked = await page.evaluate((): number => Reflect.get(window, 'ask')());
  await expect
    .poll(() => page.evaluate((): number => Reflect.get(window, 'reports').length))
    .toBe(asked);
  return page.evaluate((): Report[] => Reflect.get(window, 'reports'));
}

test(
  'gives six kinds of ad frame and a popup, told the session, neither a port nor an answer',
  attack(2, 'frames of this, another and no origin, and a popup, forge hello, connect and join'),
  async ({ page, merchant }) => {
    merchant.pages.set('/ad', `<script>${ad(merchant.deployment)}</script>`);
    merchant.pages.set('/naive', `<script>${NAIVE}</script>`);
    const frame = await openCard(page, merchant.cardPage({ prelude: league(merchant) }));
    // A shopper's fields are in front again before they are typed into: engines hold keys back else.
    await page.evaluate(() => Reflect.get(window, 'gang').push(open('/ad')));
    await page.bringToFront();
    await frame.locator('[autocomplete=cc-number]').fill(VISA.number);
    await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
    await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
    for (let round = 0; round < 4; round += 1) {
      await page.evaluate(() => Reflect.get(window, 'again')());
      await page.waitForTimeout(150);
    }
    expect((await valuesIn(page))[0]).toBe('4242 4242 4242 4242');
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);

    const reports = await reportsOf(page);
    expect(reports).toHaveLength(7);
    expect(new Set(reports.map(({ origin }) => origin)).size).toBe(3);
    for (const { booty, shots } of reports) {
      expect(shots).toBeGreaterThan(20);
      expect(new Set(booty)).toStrictEqual(new Set(['naive']));
    }
    const shots = reports.reduce((total, report) => total + report.shots, 0);
    saw(`${shots} forged messages from 7 impostors: 0 ports and 0 answers from any frame of ours`);
  },
);
