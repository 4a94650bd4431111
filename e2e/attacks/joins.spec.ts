import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { VISA } from '../support/cards.ts';
import {
  frameOf,
  type Hand,
  handPrelude,
  joinFrom,
  rightJoin,
  sidOf,
} from '../support/handwritten-handshake.ts';
import { expect, openCard, test, tokenize, typeCard } from '../support/merchant.ts';
import { PageServer } from '../support/page-server.ts';
import { twoMerchants } from '../support/two-merchants.ts';

declare const hand: Hand;

test(
  'lets a field join by session, key, protocol, parent and free name, and by nothing less',
  attack(
    [2, 3],
    'joins from the page, its frames, and from inside our own documents, each wrong in one thing',
  ),
  async ({ page, merchant }) => {
    const { keys } = merchant.deployment;
    const hand = handPrelude(merchant.deployment);
    merchant.pages.set(
      '/nested',
      hand,
      '<script>hand.add("field", location.hash.slice(1)).hello.then(parent.deeper)</script>',
    );
    merchant.pages.set('/echo', `<script>${PASS_ON}</script>`);
    await openCard(page, merchant.cardPage({ body: hand }));
    await expect(page.locator('iframe[name^=hushfield-]')).toBeAttached();
    const sid = await sidOf(page);
    const name = `hushfield-${sid}`;
    const right = (member: string) => rightJoin(keys, sid, member);
    // Free names, so that only what each try is about can refuse it.
    const fromPage = await page.evaluate(joinFromPage, { name, data: right('cardExpiry'), sid });
    expect(fromPage).toStrictEqual({ joined: 0, tried: 4 });

    const other = await page.locator('#other').getAttribute('title');
    const field = frameOf(page, 'field', (other ?? '').replace('field ', ''));
    const wrong = [
      { data: { ...right('cardExpiry'), sid: 'A'.repeat(22) } },
      { data: { ...right('cardExpiry'), key: `${keys.publishableKey.slice(0, -1)}_` } },
      { data: { ...right('cardExpiry'), key: '' } },
      { data: { ...right('cardExpiry'), protocol: 2 } },
      { data: { ...right('cardExpiry'), protocol: 0 } },
      { data: { ...right('cardExpiry'), extra: 1 } },
      { data: right('__proto__') },
      { data: right('') },
      { data: right('cardExpiry'), ports: 0 },
      { data: right('cardExpiry'), ports: 2 },
      // The genuine card has this name.
      { data: right('card') },
    ];
    expect(await joinFrom(field, name, wrong)).toStrictEqual(wrong.map(() => false));
    const nested = page.frames().find((frame) => frame.parentFrame()?.url().includes('/nested'));
    if (!nested) throw new Error('nothing is nested');
    expect(await joinFrom(nested, name, [{ data: right('cardExpiry') }])).toStrictEqual([false]);
    // The very same from a true sibling is let in: each refusal above had its own reason.
    expect(await joinFrom(field, name, [{ data: right('cardExpiry') }])).toStrictEqual([true]);

    await typeCard(page);
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
    saw(
      `${wrong.length + 5} joins refused, 1 right one let in, the card was paid by its own field`,
    );
  },
);

/** A frame of the page that posts to the controller whatever it is told. */
const PASS_ON = `
  onmessage = ({ data: { name, data }, ports }) => {
    parent[name].postMessage(data, '*', ports);
    parent.passedOn = (parent.passedOn ?? 0) + 1;
  };`;

/** Joins as the page itself, as a frame of its origin, as an opaque one and as one named like the field. */
async function joinFromPage({ name, data, sid }: { name: string; data: object; sid: string }) {
  const scriptOf = async () =>
    (await (await fetch('/echo')).text()).replaceAll('parent.passed', 'top.passed');
  const frames = ['/echo', 'opaque', 'srcdoc'].map((kind) => {
    const frame = document.createElement('iframe');
    if (kind === '/echo') frame.src = kind;
    return { kind, frame };
  });
  let joined = 0;
  const port = () => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      joined += 1;
    };
    return port2;
  };
  for (const { kind, frame } of frames) {
    if (kind !== '/echo') frame.srcdoc = await scriptOf();
    if (kind === 'opaque') frame.setAttribute('sandbox', 'allow-scripts');
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    document.body.append(frame);
    await loaded;
    frame.contentWindow?.postMessage({ name, data }, '*', [port()]);
  }
  const controller: Window | undefined = Reflect.get(window, name);
  controller?.postMessage(data, '*', [port()]);
  // What the rest of the test needs: a true sibling of another session, and one a level deeper.
  const other = hand.add('field');
  other.iframe.id = 'other';
  const nested = document.createElement('iframe');
  nested.src = `/nested#${sid}`;
  const deeper = new Promise((resolve) => Object.assign(window, { deeper: resolve }));
  document.body.append(nested);
  await Promise.all([other.hello, deeper]);
  await new Promise((resolve) => setTimeout(resolve, 600));
  return { joined, tried: frames.length + (controller ? 1 : 0) };
}

async function typeByHand(page: Page, sid: string): Promise<void> {
  const inside = page.frameLocator(`iframe[title="field ${sid}"]`);
  await inside.locator('[autocomplete=cc-number]').fill(VISA.number);
  await inside.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
  await inside.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
}

test(
  'joins no field to the controller of another session that stands under its name',
  attack(
    [2, 3],
    'a controller of one session is named for the field of another, which holds a card',
  ),
  async ({ page, merchant }) => {
    merchant.pages.set('/sessions', handPrelude(merchant.deployment));
    await page.goto(`${merchant.origin}/sessions`);
    const sid = await page.evaluate(async () => {
      const field = hand.add('field');
      // Under that name from the start: an engine may not let it change later.
      const rival = hand.add('controller', hand.sid(), undefined, field.sid);
      const [line, desk] = await Promise.all([hand.connect(field), hand.connect(rival)]);
      await hand.call(line, 'configure', [hand.options]);
      Object.assign(window, { field, rival, line, desk });
      return field.sid;
    });
    await typeByHand(page, sid);
    const seen = await page.evaluate(collectByBoth);
    expect(seen.rival).toStrictEqual(Array(4).fill('timeout'));
    expect(seen.own).toBe(true);
    saw(`${seen.rival.length} collections by the rival, 0 cards; the session’s own got it`);
  },
);

type Taken = { ok: boolean; value: { ok: boolean; error?: { code: string } } };

/** The rival asks for the card four times while the field knocks at it; then the true one does. */
async function collectByBoth() {
  const { field, rival, line, desk, key } = window as unknown as {
    field: { sid: string };
    rival: { iframe: HTMLIFrameElement };
    line: MessagePort;
    desk: MessagePort;
    key?: string;
  };
  const collect = async (port: MessagePort) =>
    ((await hand.call(port, 'tokenize', [{ elements: ['card'] }])) as Taken).value;
  const first = hand.call(line, 'join');
  const codes: unknown[] = [];
  for (let time = 0; time < 4; time += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    codes.push((await collect(desk)).error?.code);
  }
  rival.iframe.remove();
  const own = await hand.connect(hand.add('controller', field.sid, key));
  await first;
  await hand.call(line, 'join');
  return { rival: codes, own: (await collect(own)).ok };
}

test(
  'joins no field of one merchant to the controller of another on the same page',
  attack(
    [2, 3],
    'two keys registered for one page: each controller collects while the other’s field knocks',
    '@full',
  ),
  async ({ page }) => {
    test.setTimeout(120_000);
    const { deployment, rival } = await twoMerchants();
    const pages = new PageServer();
    await pages.listen(deployment.portBase);
    try {
      pages.set('/two', handPrelude(deployment));
      await page.goto(`${deployment.shopOrigin}/two`);
      for (const [key, rivalKey] of [
        [deployment.keys.publishableKey, rival.publishableKey],
        [rival.publishableKey, deployment.keys.publishableKey],
      ] as const) {
        const sid = await page.evaluate(
          async ([key, rivalKey]) => {
            const field = hand.add('field', hand.sid(), key);
            const thief = hand.add('controller', field.sid, rivalKey);
            const [line, desk] = await Promise.all([hand.connect(field), hand.connect(thief)]);
            await hand.call(line, 'configure', [hand.options]);
            Object.assign(window, { field, rival: thief, line, desk, key });
            return field.sid;
          },
          [key, rivalKey] as const,
        );
        await typeByHand(page, sid);
        const seen = await page.evaluate(collectByBoth);
        expect(seen.rival).toStrictEqual(Array(4).fill('timeout'));
        expect(seen.own).toBe(true);
      }
      saw('8 collections by the other merchant’s controller, 0 cards; its own got it both times');
    } finally {
      await pages.close();
      await deployment.dispose();
    }
  },
);
