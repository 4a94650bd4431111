import { type Browser, chromium, type Frame, type Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import {
  expect,
  type Merchant,
  openCard,
  test,
  tokenize,
  typeCard,
  valuesIn,
} from '../support/merchant.ts';
import { chromiumOptions } from '../support/engines.ts';

const EMPTY = ['', '', ''];

const ours = (page: Page, merchant: Merchant): Frame[] =>
  page.frames().filter((frame) => frame.url().startsWith(merchant.deployment.fieldsOrigin));

async function opened(page: Page, url: string, number = VISA.number): Promise<void> {
  await openCard(page, url);
  await typeCard(page, { ...VISA, number });
  await expect
    .poll(async () => (await valuesIn(page)).join('').replaceAll(/\D/g, ''))
    .toContain(number);
}

/** Keeps the page out of the back-forward cache, so that coming back is a load. */
const NO_CACHE = `addEventListener('unload', () => {});`;
const NOTE_CACHE = `addEventListener('pageshow', ({ persisted }) => { window.cached = persisted; });`;

/** By the page's own script, and seen in it: a page that comes back alive fires no load, which the driver would wait for. */
async function go(page: Page, way: 'back' | 'forward', url: string): Promise<void> {
  await page.evaluate((where) => void setTimeout(() => history[where](), 20), way);
  await expect.poll(() => page.evaluate(() => location.href).catch(() => '')).toBe(url);
}
const back = (page: Page, url: string) => go(page, 'back', url);

/** All that a document keeps beyond its life, as one text; empty when it keeps nothing. */
function kept(frame: Frame): Promise<string> {
  return frame.evaluate(async () => {
    const stores: (() => unknown)[] = [
      () => document.cookie,
      () => Object.entries(localStorage).join(),
      () => Object.entries(sessionStorage).join(),
      async () => (await indexedDB.databases()).map(({ name }) => name).join(),
      async () => (await caches.keys()).join(),
      async () => (await navigator.serviceWorker.getRegistrations()).length || '',
      () => history.state ?? '',
      () => window.name.replace(/^hushfield-[\w-]{22}$/, ''),
    ];
    // A store that the browser shuts to a frame of another site keeps nothing either.
    const read = (store: () => unknown) =>
      Promise.resolve()
        .then(store)
        .catch(() => '');
    return (await Promise.all(stores.map(read))).join('');
  });
}

test(
  'keeps nothing in the browser after paying: no cookie, storage, database, cache or worker',
  attack([18, 20], 'a look into every store of the fields origin after a payment'),
  async ({ page, merchant }) => {
    await opened(page, merchant.cardPage());
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
    const frames = ours(page, merchant);
    expect(frames).toHaveLength(2);
    for (const frame of frames) expect(await kept(frame)).toBe('');
    expect(await page.context().cookies()).toStrictEqual([]);
    const isolated = await Promise.all(
      frames.map((frame) => frame.evaluate(() => Reflect.get(window, 'originAgentCluster'))),
    );
    expect(isolated).toStrictEqual([true, true]);

    // The look does see what is there.
    const [frame] = frames;
    const open = await frame?.evaluate(() => {
      window.name = 'seen by name';
      try {
        localStorage.setItem('control', 'seen in storage');
        return true;
      } catch {
        return false;
      }
    });
    const control = frame && (await kept(frame));
    expect(control).toContain('seen by name');
    if (open) expect(control).toContain('seen in storage');
    await frame?.evaluate(() => {
      window.name = '';
      void Promise.resolve()
        .then(() => localStorage.clear())
        .catch(() => {});
    });
    saw(
      `2 frames, 8 stores each, nothing kept; the browser ${open ? 'leaves storage open to' : 'shuts storage to'} such frames`,
    );
  },
);

test(
  'tells history, timing and resource lists no more than its public address',
  attack(
    18,
    'history, performance entries, opener and storage of the page, before and after paying',
  ),
  async ({ page, merchant }) => {
    const number = canaryNumber();
    const url = merchant.cardPage();
    await openCard(page, url);
    const before = await page.evaluate(() => history.length);
    await typeCard(page, { ...VISA, number });
    await tokenize(page);
    const left = await page.evaluate(() => ({
      names: performance.getEntries().map(({ name }) => name),
      length: history.length,
      own: JSON.stringify([
        history.state,
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
      ]),
    }));
    expect(left.length).toBe(before);
    expect(left.own).toBe('[null,{},{},""]');
    const { fieldsOrigin, keys, vaultApi } = merchant.deployment;
    const frames = left.names.filter((name) => name.startsWith(fieldsOrigin));
    expect(frames.length).toBeGreaterThanOrEqual(2);
    const publicPaths = [
      `/f1/${keys.publishableKey}/field`,
      `/f1/${keys.publishableKey}/controller`,
      '/sdk/v1/hushfield.js',
    ];
    for (const name of frames) {
      const { pathname, search, hash } = new URL(name);
      expect(publicPaths).toContain(pathname);
      expect(search).toBe('');
      expect(hash).toMatch(/^$|^#sid=[\w-]{22}(&scheme=(light|dark))?$/);
    }
    // What the frames themselves load and send is not the page's to see.
    expect(
      left.names.filter((name) => name.startsWith(vaultApi) || name.includes('/assets/')),
    ).toStrictEqual([]);
    saw(`${left.names.length} entries, ${frames.length} of ours, all public; history grew by 0`);
  },
);

test(
  'starts empty after reload, going back, going forward and in a second tab',
  attack(18, 'reload, back, forward, the same address in a second tab and by window.open', '@once'),
  async ({ page, merchant, context }) => {
    const url = merchant.cardPage({ prelude: NO_CACHE, body: '<input id="own">' });
    const elsewhere = `${merchant.origin}/elsewhere`;
    merchant.pages.set('/elsewhere', '', 'elsewhere');
    const again = async (act: () => Promise<unknown>) => {
      await typeCard(page);
      await page.locator('#own').fill('mine');
      await act();
      await page.waitForFunction(() => 'ready' in window);
      await page.evaluate(() => Reflect.get(window, 'ready'));
      expect(await valuesIn(page)).toStrictEqual(EMPTY);
      return page.locator('#own').inputValue();
    };
    await openCard(page, url);
    const restored = [
      await again(() => page.reload()),
      await again(async () => {
        await page.goto(elsewhere);
        await back(page, url);
      }),
    ];
    const other = merchant.cardPage();
    await page.goto(other);
    await back(page, url);
    restored.push(
      await again(async () => {
        await go(page, 'forward', other);
        await back(page, url);
      }),
    );
    await typeCard(page);

    const second = await context.newPage();
    await openCard(second, url);
    expect(await valuesIn(second)).toStrictEqual(EMPTY);
    const [third] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate((where) => void window.open(where), url),
    ]);
    await third.waitForFunction(() => 'ready' in window);
    await third.evaluate(() => Reflect.get(window, 'ready'));
    expect(await valuesIn(third)).toStrictEqual(EMPTY);
    // It is the true opener, with a card in it, and still finds closed doors and no opener inside.
    const reached = await third.evaluate(() => {
      const opener: Window = window.opener;
      return Array.from({ length: opener.length }, (_, index) => {
        try {
          return opener[index]?.document.body.innerHTML ?? 'nothing';
        } catch {
          return 'closed';
        }
      });
    });
    expect(reached.length).toBeGreaterThanOrEqual(1);
    expect(new Set(reached)).toStrictEqual(new Set(['closed']));
    for (const frame of ours(third, merchant)) {
      expect(await frame.evaluate(() => window.opener)).toBeNull();
    }
    expect((await valuesIn(page)).join('')).toContain(VISA.cvc);
    await Promise.all([second.close(), third.close()]);
    saw(
      `6 returns, all empty; the browser gave the page's own input back in ${restored.filter((value) => value === 'mine').length} of 3`,
    );
  },
);

const isEmpty = (page: Page): Promise<boolean> =>
  page.evaluate(() => Reflect.get(window, 'card').getState().empty);

/** Chromium's driver turns the cache off. */
function cachingChromium(): Promise<Browser> {
  const { channel: _, ...launch } = chromiumOptions() ?? {};
  return chromium.launch({ ...launch, ignoreDefaultArgs: ['--disable-back-forward-cache'] });
}

test(
  'forgets the card in the back-forward cache (where the browser keeps a page alive in one)',
  attack(18, 'a typed card, then away and back to a page that never ended', '@full'),
  async ({ page: own, merchant, browserName }) => {
    const browser = browserName === 'chromium' ? await cachingChromium() : undefined;
    const page = (await browser?.newPage()) ?? own;
    try {
      const url = merchant.cardPage({ prelude: NOTE_CACHE });
      merchant.pages.set('/elsewhere', '', 'elsewhere');
      await opened(page, url);
      await page.goto(`${merchant.origin}/elsewhere`);
      await back(page, url);
      const cached = await page.evaluate(() => Reflect.get(window, 'cached') === true);
      test.skip(!cached, 'this browser keeps no page alive');
      // The driver has lost its frames; the page and the keyboard still reach them.
      await expect.poll(() => isEmpty(page)).toBe(true);
      expect((await tokenize(page)).error?.type).toBe('validation_error');
      const [x, y] = await page.evaluate((): [number, number] => {
        const box = document.querySelector('#card iframe')?.getBoundingClientRect();
        return [(box?.x ?? 0) + 60, (box?.y ?? 0) + 45];
      });
      await page.mouse.click(x, y);
      await page.keyboard.type(VISA.number + VISA.expiry + VISA.cvc);
      await expect.poll(() => isEmpty(page)).toBe(false);
      expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
      saw('alive, empty, no token of what was there; then pays with a card typed anew');
    } finally {
      await browser?.close();
    }
  },
);
