import type { FrameLocator, Page } from '@playwright/test';
import { VISA } from '../support/cards.ts';
import { type Hosts, race, test } from '../support/failing.ts';
import type { Answer, Fate } from '../support/forwarder.ts';
import { honestPage } from '../support/honest-page.ts';
import { cardFrame, expect, type Merchant, typeCard, valuesIn } from '../support/merchant.ts';

/*
 * What a page is told when something between it and the vault fails, and by when; that nothing is lost by it
 * which a shopper has typed; and that trying again works as soon as it can. The vault is the real one, behind
 * forwarders that can be let fail. The deadlines are those of `apps/docs/failures.md`.
 */

/** A frame's document has ten seconds, and five more to draw itself. */
const MOUNT_MS = 15_000;
/** A controller has ten seconds to load, a field ten to find it, a call forty. */
const TOKENIZE_MS = 60_000;
/** What nobody waits for: said as soon as it is known. */
const AT_ONCE_MS = 1_500;

/** Loads the SDK and waits: what is mounted, and when, is the test's. */
const LATER = `
  window.failures = [];
  window.elements = Hushfield(KEY).elements();
  window.card = elements.create('card', { fields: ['number', 'expiry', 'cvc'] });
  card.on('loaderror', ({ error }) => failures.push(error.code + ' ' + error.retryable));`;

const TYPED = ['4242 4242 4242 4242', expect.stringMatching(/^12 \/ \d\d$/), '123'];

const open = async (page: Page, merchant: Merchant, script = LATER) => {
  await page.goto(honestPage(merchant, { script }));
  expect(await page.evaluate(`typeof elements`)).toBe('object');
};

const mount = (page: Page) => race(page, `card.mount('#card')`, MOUNT_MS);
const tokenize = (page: Page) => race(page, 'elements.tokenize()', TOKENIZE_MS);
const isMarked = (page: Page) =>
  page.evaluate(`document.querySelector('#card').classList.contains('hushfield--failed')`);

async function openTyped(page: Page, merchant: Merchant): Promise<FrameLocator> {
  await open(page, merchant);
  expect((await mount(page)).how).toBe('done');
  await typeCard(page);
  await expect.poll(() => valuesIn(page)).toStrictEqual(TYPED);
  return cardFrame(page);
}

/** The same card, once whatever failed works again. */
async function paysNow(page: Page): Promise<void> {
  expect(await valuesIn(page)).toStrictEqual(TYPED);
  expect((await tokenize(page)).how).toBe('token');
}

const PAGE: Answer = { status: 502, type: 'text/html', body: '<h1>Bad gateway</h1>' };

/** How the fields' host fails; most of them take all of the time there is. */
const FRAME_FAILURES: readonly [how: string, fail: (hosts: Hosts) => unknown, tag: string[]][] = [
  ['refuses connections', ({ fields }) => fields.down(), []],
  ['answers nothing', ({ fields }) => (fields.fate = () => 'hold'), ['@full']],
  ['hangs up', ({ fields }) => (fields.fate = () => 'cut'), ['@full']],
  ['shows a page of its own', ({ fields }) => (fields.fate = () => PAGE), ['@full']],
];

for (const [how, fail, tag] of FRAME_FAILURES) {
  test(`says that the fields did not load when their host ${how}, and loads them on retry`, {
    tag,
  }, async ({ page, merchant, hosts }) => {
    await open(page, merchant);
    await fail(hosts);
    expect((await mount(page)).how).toBe('frame_timeout');
    expect(await page.evaluate('failures')).toStrictEqual(['frame_timeout true']);
    expect(await isMarked(page)).toBe(true);
    await hosts.fields.heal();
    expect((await race(page, 'card.retry()', MOUNT_MS)).how).toBe('done');
    expect(await isMarked(page)).toBe(false);
    await typeCard(page);
    await paysNow(page);
  });
}

test('keeps what stands in other elements when one of them has to be loaded again', {
  tag: '@once',
}, async ({ page, merchant, hosts }) => {
  // In another language, so that no cache has its document.
  const script = `
    window.elements = Hushfield(KEY).elements();
    window.number = elements.create('cardNumber');
    window.expiry = elements.create('cardExpiry');
    window.cvc = elements.create('cardCvc', { locale: 'de' });`;
  const body = '<div id="a"></div><div id="b"></div><div id="c"></div>';
  await page.goto(honestPage(merchant, { script, body }));
  await page.evaluate(`Promise.all([number.mount('#a'), expiry.mount('#b')]).then(() => {})`);
  await page.frameLocator('#a iframe').locator('input').fill(VISA.number);
  await page.frameLocator('#b iframe').locator('input').fill(VISA.expiry);
  await hosts.fields.down();
  expect((await race(page, `cvc.mount('#c')`, MOUNT_MS)).how).toBe('frame_timeout');
  await hosts.fields.up();
  // No card without it, and nobody is kept waiting for it.
  expect((await race(page, 'elements.tokenize()', AT_ONCE_MS * 2)).how).toBe('timeout');
  expect((await race(page, 'cvc.retry()', MOUNT_MS)).how).toBe('done');
  await page.frameLocator('#c iframe').locator('input').fill(VISA.cvc);
  await expect(page.frameLocator('#a iframe').locator('input')).toHaveValue('4242 4242 4242 4242');
  expect((await tokenize(page)).how).toBe('token');
});

test('says so when the frame that talks to the vault cannot be had, and keeps the card', {
  tag: '@once',
}, async ({ page, merchant, hosts }) => {
  await open(page, merchant);
  hosts.fields.fate = (asked) => (asked.includes('/controller') ? 'cut' : 'pass');
  expect((await mount(page)).how).toBe('done');
  await typeCard(page);
  expect((await tokenize(page)).how).toBe('frame_timeout');
  await hosts.fields.heal();
  await paysNow(page);
});

const problem = (status: number, code: string): Answer => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify({
    type: `urn:hushfield:error:${code}`,
    title: 'Not now.',
    status,
    code,
    retryable: true,
    requestId: 'req_of_an_edge',
  }),
});

const POST = 'POST /v1/tokenize';
const always = (asked: string, fate: Fate) => (what: string) =>
  what.startsWith(asked) ? fate : 'pass';

/** What stands in front of the vault answers in its stead: what a page is told, by when, and whether that is tried each time. */
const API_FAILURES: readonly (readonly [
  how: string,
  asked: string,
  fate: Fate,
  code: string,
  withinMs: number,
  tag: '@full' | '@once' | [],
])[] = [
  ['answers 429', POST, problem(429, 'rate_limited'), 'rate_limited', AT_ONCE_MS, []],
  [
    'has an edge that answers 429',
    POST,
    { ...PAGE, status: 429 },
    'rate_limited',
    AT_ONCE_MS,
    '@full',
  ],
  [
    'answers 500',
    POST,
    problem(500, 'service_unavailable'),
    'service_unavailable',
    AT_ONCE_MS,
    '@full',
  ],
  [
    'has no keys',
    'GET /v1/keys',
    problem(503, 'service_unavailable'),
    'network_error',
    AT_ONCE_MS,
    '@once',
  ],
  [
    'answers 503',
    POST,
    problem(503, 'service_unavailable'),
    'service_unavailable',
    32_000,
    '@full',
  ],
  ['has an edge that lost it', POST, PAGE, 'service_unavailable', 32_000, '@full'],
  ['hangs up', POST, 'cut', 'network_error', 32_000, '@full'],
  ['answers nothing', POST, 'hold', 'timeout', 32_000, '@full'],
];

for (const [how, asked, fate, code, withinMs, tag] of API_FAILURES) {
  test(`says ${code} when the vault ${how}, keeps the card, and takes it later`, { tag }, async ({
    page,
    merchant,
    hosts,
  }) => {
    test.setTimeout(90_000);
    hosts.api.fate = always(asked, fate);
    await openTyped(page, merchant);
    const { how: told, ms } = await tokenize(page);
    expect(told).toBe(code);
    expect(ms).toBeLessThan(withinMs);
    // Positive control: it is that answer which was told.
    expect(hosts.api.asked.some((what) => what.startsWith(asked))).toBe(true);
    await hosts.api.heal();
    await paysNow(page);
  });
}

test('pays by itself after a few answers of 503', async ({ page, merchant, hosts }) => {
  await openTyped(page, merchant);
  let left = 2;
  hosts.api.fate = (what) => {
    if (!what.startsWith(POST) || left === 0) return 'pass';
    left -= 1;
    return problem(503, 'service_unavailable');
  };
  expect((await tokenize(page)).how).toBe('token');
  expect(left).toBe(0);
});

test('pays by itself when everything is away between typing and paying, and comes back', async ({
  page,
  merchant,
  hosts,
}) => {
  await openTyped(page, merchant);
  await Promise.all([hosts.fields.down(), hosts.api.down()]);
  const paying = tokenize(page);
  await page.waitForTimeout(1_500);
  expect(await valuesIn(page)).toStrictEqual(TYPED);
  await Promise.all([hosts.fields.up(), hosts.api.up()]);
  expect((await paying).how).toBe('token');
});

/** What a page can do while the vault is silent: each ends the call, at once. */
const ENDINGS = [
  ['gives up', 'abort.abort()', 'aborted'],
  ['takes the element out', 'card.unmount()', 'aborted'],
  ['destroys all', 'elements.destroy()', 'aborted'],
] as const;

test('leaves no promise hanging when a page goes on without an answer', { tag: '@once' }, async ({
  page,
  merchant,
  hosts,
}) => {
  for (const [how, act, code] of ENDINGS) {
    await openTyped(page, merchant);
    hosts.api.fate = always(POST, 'hold');
    const ending = await race(
      page,
      `(() => {
        window.abort = new AbortController();
        const answer = elements.tokenize({ signal: abort.signal });
        setTimeout(() => { ${act} }, 800);
        return answer;
      })()`,
      800 + AT_ONCE_MS,
    );
    expect(ending.how, how).toBe(code);
    await hosts.api.heal();
  }
});

test('ends in its time when the page takes away the frame that it has asked', {
  tag: '@full',
}, async ({ page, merchant, hosts }) => {
  test.setTimeout(90_000);
  await openTyped(page, merchant);
  hosts.api.fate = always(POST, 'hold');
  const taken = `(setTimeout(() => document.querySelector('iframe[name]').remove(), 800), elements.tokenize())`;
  expect((await race(page, taken, TOKENIZE_MS)).how).toBe('timeout');
  await hosts.api.heal();
  await paysNow(page);
});

test('leaves no promise hanging when a page changes its mind while a frame loads', async ({
  page,
  merchant,
  hosts,
}) => {
  await open(page, merchant);
  hosts.fields.fate = () => 'hold';
  const unmounted = `(setTimeout(() => card.unmount(), 300), card.mount('#card'))`;
  expect((await race(page, unmounted, AT_ONCE_MS)).how).toBe('aborted');
  const retried = `(setTimeout(() => void card.retry().catch(() => {}), 300), card.mount('#card'))`;
  expect((await race(page, retried, AT_ONCE_MS)).how).toBe('aborted');
  const destroyed = `(setTimeout(() => elements.destroy(), 300), card.mount('#card'))`;
  expect((await race(page, destroyed, AT_ONCE_MS)).how).toBe('aborted');
});

test("says that the page's policy keeps the frames out, each time it is asked", async ({
  page,
  merchant,
}) => {
  const nonce = 'ZmFpbHVyZQ';
  const { fieldsOrigin } = merchant.deployment;
  const policy = `frame-src 'none'; script-src ${fieldsOrigin} 'nonce-${nonce}'`;
  const headers = { 'content-security-policy': policy };
  await page.goto(honestPage(merchant, { script: LATER, nonce, headers }));
  for (const call of [`card.mount('#card')`, 'card.retry()', 'elements.tokenize()'])
    expect(await race(page, call, AT_ONCE_MS), call).toMatchObject({ how: 'frame_blocked_csp' });
  expect(await isMarked(page)).toBe(true);
});

test('says that the fields did not load on an origin that is not registered, and hangs nowhere', {
  tag: '@full',
}, async ({ page, merchant }) => {
  const url = honestPage(merchant, { script: LATER }).replace('localhost', '127.0.0.1');
  await page.goto(url);
  for (const [call, deadline] of [
    [`card.mount('#card')`, MOUNT_MS],
    ['elements.tokenize()', TOKENIZE_MS],
  ] as const)
    expect((await race(page, call, deadline)).how, call).toBe('frame_timeout');
  expect(await isMarked(page)).toBe(true);
});

test('mounts and pays over a link of the third generation, within its deadlines', {
  tag: '@full',
}, async ({ page, merchant, hosts }) => {
  test.setTimeout(60_000);
  const slow = { delayMs: 2_000, bytesPerMs: 50 };
  await open(page, merchant);
  hosts.fields.link = slow;
  hosts.api.link = slow;
  const mounted = await mount(page);
  expect(mounted.how).toBe('done');
  // Positive control: it was slow.
  expect(mounted.ms).toBeGreaterThan(slow.delayMs);
  await typeCard(page);
  expect((await tokenize(page)).how).toBe('token');
});
