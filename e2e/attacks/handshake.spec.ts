import { attack, saw } from '../support/attack.ts';
import { type Hand, handPrelude } from '../support/handwritten-handshake.ts';
import { expect, openCard, test, tokenize, typeCard } from '../support/merchant.ts';

declare const hand: Hand;

/**
 * Runs before the SDK: as soon as one of its iframes is in the document, and again at each genuine
 * hello, says hello for it from the page's own window and from frames of the page. A link that the
 * SDK makes shows in the channels it opens: two for each.
 */
const FORGE_HELLOS = `
  window.forged = 0;
  window.channels = 0;
  const Channel = MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() { super(); channels += 1; }
  };
  const doubles = [];
  const forge = (sid) => {
    for (const from of [window, ...doubles]) {
      for (const role of ['field', 'controller']) {
        for (const extra of [{}, { refuse: 'insecure_context' }]) {
          for (const v of [1, 0]) {
            from.say({ v, type: 'hello', role, sid, ...extra });
            forged += 1;
          }
        }
      }
    }
  };
  window.say = (data) => postMessage(data, '*');
  addEventListener('DOMContentLoaded', () => {
    for (const sandbox of ['allow-scripts allow-same-origin', 'allow-scripts']) {
      const double = document.createElement('iframe');
      double.sandbox = sandbox;
      double.srcdoc = "<script>onmessage = ({ data }) => parent.postMessage(data, '*')<" + "/script>";
      document.body.append(double);
      doubles.push({ say: (data) => double.contentWindow.postMessage(data, '*') });
    }
  });
  const sidIn = (src) => new URLSearchParams(new URL(src).hash.slice(1)).get('sid');
  new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const { src } of addedNodes) if (src?.includes('/f1/')) forge(sidIn(src));
    }
  }).observe(document, { childList: true, subtree: true });
  addEventListener('message', ({ data, origin }) => {
    if (data.type === 'hello' && origin.includes('127.0.0.1') && forged < 400) forge(data.sid);
  });`;

test(
  'takes no hello but its own frame’s, though the page and its frames forge them from the start',
  attack(
    2,
    'the page and two of its frames say hello and refuse in the name of each frame of ours',
  ),
  async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage({ prelude: FORGE_HELLOS }));
    await typeCard(page);
    const answer = await tokenize(page);
    const counts = await page.evaluate(() => [
      Reflect.get(window, 'forged'),
      Reflect.get(window, 'channels'),
    ]);
    expect(counts[0]).toBeGreaterThan(40);
    // One link to the field and one to the controller: a forged hello would have opened another.
    expect(counts[1]).toBe(4);
    expect(answer.token?.id).toMatch(/^tok_test_/);
    saw(`${counts[0]} forged hellos, 2 links, both to our own frames`);
  },
);

test(
  'takes one well-formed connect from its parent, and nothing before or after it',
  attack(2, 'the page sends malformed, second and replayed connects, each with ports of its own'),
  async ({ page, merchant }) => {
    merchant.pages.set('/connects', handPrelude(merchant.deployment));
    await page.goto(`${merchant.origin}/connects`);
    const results = await page.evaluate(() => {
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      const attackOn = async (role: 'field' | 'controller') => {
        const frame = hand.add(role);
        const { sid } = frame;
        const right = { v: 1, type: 'connect', sid };
        const wrong: [string, unknown, number][] = [
          ['no port', right, 0],
          ['one port', right, 1],
          ['three ports', right, 3],
          ['version 0', { ...right, v: 0 }, 2],
          ['version 2', { ...right, v: 2 }, 2],
          ['a version in words', { ...right, v: '1' }, 2],
          ['another session', { ...right, sid: hand.sid() }, 2],
          ['a list of sessions', { ...right, sid: [sid] }, 2],
          ['no session', { v: 1, type: 'connect' }, 2],
          ['another type', { ...right, type: 'hello' }, 2],
          ['one key more', { ...right, role }, 2],
          ['a list', [right], 2],
          ['JSON', JSON.stringify(right), 2],
          ['null', null, 2],
          ['a map', new Map(Object.entries(right)), 2],
        ];
        await frame.hello;
        for (const [label, data, ports] of wrong) hand.offer(frame, label, data, ports);
        await pause(400);
        const before = [...hand.answered];
        const port = await hand.connect(frame);
        const answer = await hand.call(port, role === 'field' ? 'blur' : 'abort');
        for (let again = 0; again < 3; again += 1) hand.offer(frame, 'replay', { ...right }, 2);
        for (const [label, data, ports] of wrong) hand.offer(frame, label, data, ports);
        await pause(400);
        const still = await hand.call(port, role === 'field' ? 'blur' : 'abort');
        return { before, answer, still, sent: wrong.length * 2 + 3 };
      };
      return Promise.all([attackOn('field'), attackOn('controller')]).then((tried) => ({
        tried,
        answered: [...hand.answered],
      }));
    });
    for (const { before, answer, still } of results.tried) {
      expect(before.filter((label) => label !== 'connect')).toStrictEqual([]);
      expect([answer, still]).toEqual([{ ok: true }, { ok: true }]);
    }
    expect(new Set(results.answered)).toStrictEqual(new Set(['connect']));
    const sent = results.tried.reduce((total, each) => total + each.sent, 0);
    saw(`${sent} bad or late connects to both documents, 0 answered; the one good one was`);
  },
);
