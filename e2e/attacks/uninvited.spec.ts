import { attack, saw } from '../support/attack.ts';
import { expect, test } from '../support/merchant.ts';

const SID = 'A'.repeat(22);
const HASH = `#${new URLSearchParams({ sid: SID, scheme: 'light' })}`;

/** Offers ports all the time and calls a method on each, whether or not the frame has said hello. */
async function connectBlindly(sid: string): Promise<boolean> {
  // The frame stands first in its page, whether this runs in the page or in a frame beside it.
  const frame = (window === parent ? window : parent).frames[0];
  let answered = false;
  for (let tries = 0; tries < 30 && !answered; tries += 1) {
    const [calls, events] = [new MessageChannel(), new MessageChannel()];
    calls.port1.onmessage = () => {
      answered = true;
    };
    calls.port1.postMessage({ id: 'x', type: 'APPLY', path: ['blur'], argumentList: [] });
    const ports = [calls.port2, events.port2];
    frame?.postMessage({ v: 1, type: 'connect', sid }, '*', ports);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return answered;
}

test(
  'connects to no page that is not registered, even where an edge has dropped frame-ancestors',
  attack(2, 'an unregistered page frames the document without its headers and connects blindly'),
  async ({ page, merchant }) => {
    const { fieldsOrigin, keys, portBase } = merchant.deployment;
    const url = `${fieldsOrigin}/f1/${keys.publishableKey}/field`;
    const document = await fetch(url, { headers: { 'sec-fetch-dest': 'iframe' } });
    // The merchant's server answers under two origins, of which one is registered.
    merchant.pages.set('/bare-field', '', await document.text());
    merchant.pages.set('/blind', '', `<iframe src="/bare-field${HASH}"></iframe>`);
    const connects = async (origin: string) => {
      await page.goto(`${origin}/blind`);
      return page.evaluate(connectBlindly, SID);
    };
    expect(await connects(merchant.origin)).toBe(true);
    expect(await connects(`http://127.0.0.1:${portBase}`)).toBe(false);
    saw('30 connects from an unregistered origin, 0 answered; from the registered one it was');
  },
);

test(
  'connects to no window but its parent',
  attack(2, 'a frame of the registered origin, told the session, connects before the page does'),
  async ({ page, merchant }) => {
    const { fieldsOrigin, keys } = merchant.deployment;
    const src = `${fieldsOrigin}/f1/${keys.publishableKey}/field${HASH}`;
    merchant.pages.set('/ad', '');
    merchant.pages.set('/late', '', `<iframe src="${src}"></iframe><iframe src="/ad"></iframe>`);
    await page.goto(`${merchant.origin}/late`);
    const ad = page.frames().find((frame) => frame.url().endsWith('/ad'));
    expect(await ad?.evaluate(connectBlindly, SID)).toBe(false);
    expect(await page.evaluate(connectBlindly, SID)).toBe(true);
    saw('30 connects from a frame beside it, 0 answered; from the page the first one was');
  },
);
