import type { Frame, Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { expect, type Merchant, openCard, test } from '../support/merchant.ts';

const ours = (page: Page, merchant: Merchant): Frame[] =>
  page.frames().filter((frame) => frame.url().startsWith(merchant.deployment.fieldsOrigin));

test(
  'lets no code in its documents register a service worker, nor any other worker',
  attack(
    19,
    'register, Worker and SharedWorker from inside both documents, on real scripts of the origin',
  ),
  async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage());
    await page.locator('iframe[name^=hushfield-]').waitFor({ state: 'attached' });
    await expect.poll(() => ours(page, merchant).length).toBe(2);
    for (const frame of ours(page, merchant)) {
      await frame.waitForLoadState();
      const refused = await frame.evaluate(async () => {
        const scripts = [...document.scripts].map(({ src }) => src).filter(Boolean);
        const urls = [...scripts, '/sdk/v1/hushfield.js', 'data:text/javascript,0'];
        const trials: [string, (url: string) => unknown][] = [
          ['register', (url) => navigator.serviceWorker.register(url)],
          ['Worker', (url) => working(new Worker(url))],
          ['SharedWorker', (url) => working(new SharedWorker(url))],
        ];
        function working(worker: EventTarget): Promise<unknown> {
          return new Promise((resolve, reject) => {
            worker.addEventListener('error', reject);
            setTimeout(resolve, 500);
          });
        }
        const ran: string[] = [];
        for (const url of urls) {
          for (const [name, trial] of trials) {
            const done = await Promise.resolve()
              .then(() => trial(url))
              .then(
                () => true,
                () => false,
              );
            if (done) ran.push(`${name} ${url}`);
          }
        }
        return {
          ran,
          tried: urls.length * trials.length,
          registered: (await navigator.serviceWorker.getRegistrations().catch(() => [])).length,
        };
      });
      expect(refused.ran).toStrictEqual([]);
      expect(refused.registered).toBe(0);
      saw(`${refused.tried} trials, 0 workers`);
    }
    // A page without such a policy can have a worker, and the same wait sees it run.
    const ran = await page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const worker = new Worker('data:text/javascript,postMessage(1)');
          worker.onmessage = () => resolve(true);
          worker.onerror = () => resolve(false);
        }),
    );
    expect(ran).toBe(true);
  },
);

/** Every address of the three roles, with what a browser sends for it. */
async function addresses({ deployment }: Merchant): Promise<string[]> {
  const { fieldsOrigin, vaultApi, keys } = deployment;
  const base = `${fieldsOrigin}/f1/${keys.publishableKey}`;
  const iframe = { headers: { 'sec-fetch-dest': 'iframe' } };
  const controller = await (await fetch(`${base}/controller`, iframe)).text();
  const assets = [...controller.matchAll(/\/assets\/[\w.-]+\.js/g)].map(
    ([path]) => fieldsOrigin + path,
  );
  expect(assets.length).toBeGreaterThanOrEqual(1);
  return [
    ...new Set(assets),
    `${fieldsOrigin}/sdk/v1/hushfield.js`,
    `${base}/field`,
    `${base}/controller`,
    `${fieldsOrigin}/f0/x/field`,
    `${fieldsOrigin}/nothing`,
    `${vaultApi}/v1/keys/manifest`,
    `${vaultApi}/v1/tokenize`,
    `${vaultApi}/v1/tokens/tok_test_x`,
    `${vaultApi}/v1/docs`,
  ];
}

test(
  'serves no script to a service worker',
  attack(19, 'every address with the header that only a registration sends'),
  async ({ merchant }) => {
    const served: string[] = [];
    const all = await addresses(merchant);
    for (const url of all) {
      const plain = await fetch(url, { headers: { 'sec-fetch-dest': 'script' } });
      const answer = await fetch(url, {
        headers: { 'service-worker': 'script', 'sec-fetch-dest': 'serviceworker' },
      });
      expect(answer.headers.get('service-worker-allowed')).toBeNull();
      const isScript = (answer.headers.get('content-type') ?? '').includes('javascript');
      if (answer.ok && isScript) served.push(`${new URL(url).pathname} (${plain.status})`);
    }
    expect(served).toStrictEqual([]);
    saw(`${all.length} addresses, 0 scripts`);
  },
);

test(
  'sets and reads no cookie on any route',
  attack(20, 'every address with and without cookies, by every method'),
  async ({ merchant }) => {
    const all = await addresses(merchant);
    const cookie = 'session=1; hushfield=1; tenant=other';
    let asked = 0;
    for (const url of all) {
      const dest = /\/f1\//.test(url) ? 'iframe' : 'empty';
      for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
        const without = await fetch(url, { method, headers: { 'sec-fetch-dest': dest } });
        const with_ = await fetch(url, { method, headers: { 'sec-fetch-dest': dest, cookie } });
        asked += 2;
        for (const answer of [without, with_]) {
          expect(answer.headers.getSetCookie()).toStrictEqual([]);
          expect(answer.headers.get('vary') ?? '').not.toMatch(/cookie/i);
        }
        expect(with_.status).toBe(without.status);
        const lengths = [with_, without].map((answer) => answer.headers.get('content-length'));
        expect(lengths[0]).toBe(lengths[1]);
      }
    }
    saw(`${asked} requests, 0 cookies set, the same answers with and without`);
  },
);
