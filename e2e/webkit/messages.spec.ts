import { attack, saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { expect, test } from '../support/webkit-driver.ts';
import {
  ACCOMPLICE,
  impostor,
  PAGE_FORGES,
  SEND_RAW,
  typedRuns,
  WITNESS,
} from '../support/webkit-pages.ts';

const POLLUTED = `
  const native = (value) => /\\[native code\\]/.test(Function.prototype.toString.call(value));
  const strange = [{}, [], () => {}, '', 0].filter((value) => Object(value).polluted !== undefined);
  const setter = Object.getOwnPropertyDescriptor(Object.prototype, 'number');
  const own = ['hasOwnProperty', 'toString', 'valueOf'].filter((name) => {
    const { value, get } = Object.getOwnPropertyDescriptor(Object.prototype, name);
    return !native(value ?? get());
  });
  return JSON.stringify({ strange, setter, own, polluted: 'polluted' in globalThis });`;
const ARRIVED = `
  const end = performance.now() + 5000;
  while (Math.min(...Object.values(forged)) <= 10 && performance.now() < end) {
    await new Promise((next) => setTimeout(next, 20));
  }
  return JSON.stringify(forged);`;
const CLEAN = { strange: [], own: [], polluted: false };

test(
  'lets no raw message on the real ports read, write or pollute anything',
  attack(1, 'the page takes the ports and speaks Comlink: GET, SET, CONSTRUCT, ENDPOINT, HANDLER'),
  async ({ webkit, merchant }) => {
    const number = canaryNumber();
    expect(await webkit.open(merchant.cardPage({ prelude: WITNESS }))).toBe('ready');
    const card = await webkit.frame();
    await webkit.click(card, 'cc-number');
    await webkit.type(number + VISA.expiry + VISA.cvc);

    const answer = String(await webkit.run(SEND_RAW));
    const { ports, sent, replies } = JSON.parse(answer);
    // Field and controller, calls and events each.
    expect(ports).toBe(4);
    expect(typedRuns(answer, number)).toBe(0);
    expect(answer).not.toMatch(/stack|function|=>|at http/);
    // Positive control: it did reach the callees, which answer the few that have the shape of a call.
    expect(answer).toContain('refused');
    for (const { value } of replies) expect(value).toStrictEqual({ ok: false, code: 'refused' });

    const frames = await webkit.frames();
    for (const frame of frames) {
      const state = await webkit.inside(frame, () => webkit.run(POLLUTED));
      expect(JSON.parse(String(state))).toStrictEqual(CLEAN);
    }
    expect((await webkit.values(card))[0]?.replaceAll(' ', '')).toBe(number);
    expect(await webkit.tokenize()).toMatch(/^tok_test_/);
    saw(
      `${sent} messages on ${ports} ports, ${replies.length} refusals, ${frames.length} frames clean`,
    );
  },
);

test(
  'gives a sandboxed and a same-origin ad frame that forge the handshake neither port nor answer',
  attack(
    [2, 21],
    'from before the first hello, two frames forge hello, connect and join every 20 ms',
  ),
  async ({ webkit, merchant }) => {
    const script = `<script>${impostor(merchant.deployment.keys.publishableKey)}</script>`;
    merchant.pages.set('/ad', script);
    const body = `<iframe id="ad" name="ad" src="/ad"></iframe>
      <iframe id="sandboxed" name="sandboxed" src="/ad" sandbox="allow-scripts"></iframe>`;
    const url = merchant.cardPage({ prelude: ACCOMPLICE, body });
    expect(await webkit.open(url)).toBe('ready');
    const card = await webkit.frame();
    const count = `window.forged = { connect: 0, join: 0 };
      addEventListener('message', ({ data }) => { if (data?.type in forged) forged[data.type] += 1; });`;
    await webkit.inside(card, () => webkit.run(count));
    await webkit.click(card, 'cc-number');
    await webkit.type(VISA.number + VISA.expiry + VISA.cvc);
    expect((await webkit.values(card))[0]).toBe('4242 4242 4242 4242');

    // Positive control: the forgeries arrived, at the page from both frames and at the field.
    const atPage = JSON.parse(String(await webkit.run(ARRIVED)));
    const atField = JSON.parse(String(await webkit.inside(card, () => webkit.run(ARRIVED))));
    for (const times of [...Object.values(atPage), ...Object.values(atField)]) {
      expect(times).toBeGreaterThan(10);
    }
    for (const id of ['ad', 'sandboxed']) {
      const booty = await webkit.inside(await webkit.one(`#${id}`), () =>
        webkit.run('return booty'),
      );
      expect(booty, id).toStrictEqual([]);
    }
    expect(await webkit.tokenize()).toMatch(/^tok_test_/);
    saw(
      `hellos ${Object.values(atPage).join('+')}, connects ${atField.connect}, joins ${atField.join}: 0 ports, 0 answers`,
    );
  },
);

test(
  'gives the page itself no port to the card: its joins and its second connect go unanswered',
  attack(
    [2, 3],
    'the page, which knows key and session id, says hello to itself, joins and reconnects',
  ),
  async ({ webkit, merchant }) => {
    expect(await webkit.open(merchant.cardPage({ prelude: WITNESS }))).toBe('ready');
    const card = await webkit.frame();
    await webkit.click(card, 'cc-number');
    await webkit.type(VISA.number + VISA.expiry + VISA.cvc);
    const { publishableKey } = merchant.deployment.keys;
    const { sent, got } = JSON.parse(String(await webkit.run(PAGE_FORGES, publishableKey)));
    expect(sent).toBe(8);
    expect(got).toStrictEqual([]);
    expect((await webkit.values(card))[0]).toBe('4242 4242 4242 4242');
    expect(await webkit.tokenize()).toMatch(/^tok_test_/);
    saw(`${sent} forged joins and connects, 0 answers`);
  },
);
