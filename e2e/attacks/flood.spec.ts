import type { Frame, Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { cardFrame, expect, type Merchant, openCard, test, tokenize } from '../support/merchant.ts';
import { type RawPorts, rawPrelude } from '../support/raw-port.ts';

/** Only a frame that no longer answers its shopper is slower; machines and their load differ. */
const LATENCY_LIMIT_MS = 500;

type Flood = {
  readonly total: number;
  readonly atOnce: number;
  readonly sids: readonly string[];
  readonly key: string;
};

/** Runs in an ad and in the page: posts all that a handshake could mean, and less, to every frame. */
async function flood({ total, atOnce, sids, key }: Flood): Promise<number> {
  const top = window.top ?? window;
  const targets = [top, ...Array.from({ length: top.frames.length }, (_, at) => top.frames[at])];
  const kinds = (sid: string): unknown[] => [
    { v: 1, type: 'connect', sid },
    { v: 1, type: 'hello', role: 'field', sid },
    { type: 'join', protocol: 1, key, sid, member: 'card' },
    { id: 'x', type: 'APPLY', path: ['collect'], argumentList: [] },
    { id: 'x', type: 'GET', path: [] },
    'x'.repeat(2_000),
    null,
  ];
  const messages = sids.flatMap(kinds);
  const others = targets.filter((target) => target !== window && target !== undefined);
  let posted = 0;
  while (posted < total) {
    for (let index = 0; index < atOnce; index += 1, posted += 1) {
      const message = messages[posted % messages.length];
      const ports = posted % 50 < 3 ? [new MessageChannel().port2, new MessageChannel().port2] : [];
      others[posted % others.length]?.postMessage(message, '*', ports);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return posted;
}

/** Runs in the field's frame: how long each key takes from the browser to the value. */
function watchLatency(): void {
  const latencies: number[] = [];
  let pressed = 0;
  addEventListener('keydown', (event) => (pressed = event.timeStamp), true);
  addEventListener('input', () => latencies.push(performance.now() - pressed));
  Object.assign(globalThis, { latencies });
}

const p95 = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;

const frameOf = (page: Page, part: string): Frame => {
  const frame = page.frames().find((candidate) => candidate.url().includes(part));
  if (!frame) throw new Error(`no frame for ${part}`);
  return frame;
};

async function openWithAd(page: Page, merchant: Merchant): Promise<Frame> {
  merchant.pages.set('/ad', '', 'An ad');
  const url = new URL(merchant.origin);
  url.hostname = 'ad.localhost';
  const body = `<iframe src="${url.origin}/ad"></iframe>`;
  await openCard(page, merchant.cardPage({ body }));
  await page.locator('iframe[name^=hushfield-]').waitFor({ state: 'attached' });
  await frameOf(page, '/ad').waitForLoadState();
  return frameOf(page, '/field');
}

async function typeUnderFlood(page: Page, merchant: Merchant, total: number, atOnce: number) {
  const crashes: string[] = [];
  page.on('crash', () => crashes.push('page'));
  page.on('pageerror', (error) => crashes.push(error.message));
  const field = await openWithAd(page, merchant);
  await field.evaluate(watchLatency);
  const sids: string[] = await page.evaluate(() =>
    [...document.querySelectorAll('iframe')].flatMap(
      ({ src }) => new URLSearchParams(new URL(src).hash.slice(1)).get('sid') ?? [],
    ),
  );
  const given: Flood = { total, atOnce, sids, key: merchant.deployment.keys.publishableKey };
  // What the frames are really posted, before anything of ours looks at it.
  await field.evaluate(() => {
    Object.assign(globalThis, { posted: 0 });
    addEventListener('message', () =>
      Object.assign(globalThis, { posted: Reflect.get(globalThis, 'posted') + 1 }),
    );
  });
  const number = canaryNumber();
  await cardFrame(page).locator('[autocomplete=cc-number]').click();
  let flooding = true;
  const floods = Promise.all([
    page.evaluate(flood, given),
    frameOf(page, '/ad').evaluate(flood, given),
  ]);
  void floods.finally(() => (flooding = false));
  await page.keyboard.type(number + VISA.expiry + VISA.cvc, { delay: 30 });
  const outlasted = flooding;
  const posted = (await floods).reduce((sum, count) => sum + count, 0);
  const values = await cardFrame(page)
    .locator('input')
    .evaluateAll((inputs) =>
      inputs.map((input) => (input as HTMLInputElement).value.replaceAll(/\D/g, '')),
    );
  expect(values).toStrictEqual([number, VISA.expiry, VISA.cvc]);
  expect(crashes).toStrictEqual([]);
  const latencies: number[] = await field.evaluate(() => Reflect.get(globalThis, 'latencies'));
  expect(latencies).toHaveLength((number + VISA.expiry + VISA.cvc).length);
  expect(p95(latencies)).toBeLessThan(LATENCY_LIMIT_MS);
  // Positive control: the flood did reach the frame.
  const received = () => field.evaluate(() => Reflect.get(globalThis, 'posted'));
  await expect.poll(received, { timeout: 60_000 }).toBeGreaterThan(posted / 6);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
  saw(
    `${posted} messages from page and ad${outlasted ? ', more than the typing lasted' : ''}; all digits arrived, p95 from key to value ${p95(latencies).toFixed(1)} ms`,
  );
}

const TRIES =
  'an ad of another site and the page post forged handshakes, calls and junk to every frame';

test(
  'takes a shopper’s digits in a flood of window messages',
  attack(21, TRIES),
  async ({ page, merchant }) => {
    await typeUnderFlood(page, merchant, 2_500, 25);
  },
);

test(
  'takes a shopper’s digits in a flood of 200,000 window messages',
  attack(21, `${TRIES}, 100,000 each`, '@full'),
  async ({ page, merchant }) => {
    test.setTimeout(240_000);
    await typeUnderFlood(page, merchant, 100_000, 500);
  },
);

type Calls = { sent: number; refused: number; done: number; after: unknown };

/**
 * Runs in the page: bursts of joins by a field that has no controller, so that each waits for a while.
 * A slow machine may get through one burst, so there are more until a call is refused.
 */
async function floodCalls(): Promise<Calls> {
  const raw: RawPorts = Reflect.get(window, 'raw');
  const line = await raw.open('field');
  // Under its controller's name the field finds a frame of the page's, and hears nothing from it.
  const impostor = document.createElement('iframe');
  impostor.name = `hushfield-${line.sid}`;
  document.body.append(impostor);
  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
  const answers: string[] = [];
  line.calls.addEventListener('message', ({ data }) => answers.push(JSON.stringify(data.value)));
  const refusals = () => answers.filter((text) => text === '{"ok":false,"code":"refused"}').length;
  let sent = 0;
  while (refusals() === 0 && sent < 4_000) {
    for (const end = sent + 200; sent < end; sent += 1) {
      line.calls.postMessage({ id: `${sent}`, type: 'APPLY', path: ['join'], argumentList: [] });
    }
    // All but the last, which waits for its controller longest.
    while (answers.length < sent - 1) await pause();
  }
  impostor.remove();
  await raw.open('controller', line.sid);
  while (answers.length < sent) await pause();
  const refused = refusals();
  const after = await raw.ask(line.calls, raw.configure, 5_000);
  return { sent, refused, done: sent - refused, after };
}

test(
  'refuses calls beyond what an honest page has under way, and lives on',
  attack(21, 'bursts of 200 calls that each must wait, over one port'),
  async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage({ prelude: rawPrelude(merchant) }));
    const { sent, refused, done, after } = await page.evaluate(floodCalls);
    expect(done).toBeGreaterThanOrEqual(64);
    expect(refused).toBeGreaterThan(0);
    expect(after).toMatchObject({ ok: true });
    saw(`${done} of ${sent} answered, ${refused} refused at once, the next call answered`);
  },
);

/** Runs in the page: an honest call after each violation, until one is not answered. */
async function probeBudget(role: 'field' | 'controller'): Promise<number> {
  const raw: RawPorts = Reflect.get(window, 'raw');
  const line = await raw.open(role);
  const abort = { type: 'APPLY', path: ['abort'], argumentList: [] };
  for (let spent = 1; spent <= 100; spent += 1) {
    line.calls.postMessage({ id: 'x', type: 'GET', path: [] });
    const honest = role === 'field' ? raw.configure : { ...abort, id: `after-${spent}` };
    const wait = spent > 32 ? 400 : 5_000;
    if ((await raw.ask(line.calls, honest, wait)) === 'no answer') return spent;
  }
  return 0;
}

test(
  'closes the port to a page that floods it, and keeps what was typed to itself',
  attack([1, 21], 'violations until the port is closed, then a flood of calls'),
  async ({ page, merchant }) => {
    const frame = await openCard(page, merchant.cardPage({ prelude: rawPrelude(merchant) }));
    await frame.locator('[autocomplete=cc-number]').fill(VISA.number);
    await expect.poll(() => page.evaluate(() => Reflect.get(window, 'raw').ports.length)).toBe(4);
    const budgets = [
      await page.evaluate(probeBudget, 'field' as const),
      await page.evaluate(probeBudget, 'controller' as const),
    ];
    expect(budgets).toStrictEqual([33, 33]);
    const answered = await page.evaluate(async () => {
      const raw: RawPorts = Reflect.get(window, 'raw');
      const answers: unknown[] = [];
      for (const port of raw.ports) {
        for (let index = 0; index < 100; index += 1)
          port.postMessage({ id: 'x', type: 'GET', path: [] });
        for (const path of ['blur', 'abort']) {
          answers.push(
            raw.ask(
              port,
              { id: path, type: 'APPLY', path: [path], argumentList: [] } as never,
              400,
            ),
          );
        }
      }
      return Promise.all(answers);
    });
    expect(new Set(answered)).toStrictEqual(new Set(['no answer']));
    await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue(/^4242/);
    saw(
      'closed at the 33rd violation in field and controller; the SDK’s 4 ports silent after 100 each, the value stays',
    );
  },
);
