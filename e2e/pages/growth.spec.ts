import type { Page } from '@playwright/test';
import { saw } from '../support/attack.ts';
import { elementsPage, groupOf } from '../support/elements-page.ts';
import { growth } from '../support/heap-growth.ts';
import { honestPage } from '../support/honest-page.ts';
import { expect, type Merchant, test } from '../support/merchant.ts';
import { openApp, REACTS } from '../support/react-app.ts';

/* Two hundred payments on one page, by each way in: of the second hundred nothing may stay. */

const CYCLES = 100;
/** Of the engine's own, per mount: it compiles, and its profiles of hot code grow. */
const BYTES = 1_000;

/** Mounted, asked for a token so that controller and fields have met, and gone. */
const SDK = `
  const elements = Hushfield(KEY).elements();
  const types = ['cardNumber', 'cardExpiry', 'cardCvc'];
  await Promise.all(types.map((type) => elements.create(type).mount('#' + type)));
  const { error } = await elements.tokenize();
  if (error.code !== 'incomplete_number') throw new Error(error.code);
  elements.destroy();`;
const BOXES = ['cardNumber', 'cardExpiry', 'cardCvc'].map((id) => `<div id="${id}"></div>`);

/** Waits for one element. */
const READY = `
  await new Promise((resolve) => document.addEventListener('hushfield:ready', resolve, { once: true }));`;

const BARE = `
  await new Promise((resolve) => document.addEventListener('bare', resolve, { once: true }));`;

/** The same application and the same steps; `bare` has a frame of its own in the place of an element. */
const react = (route: 'card' | 'bare') => `
  show({ providers: ['checkout'], route: '${route}', instance: '${route === 'card' ? 'promise' : 'none'}' });${route === 'card' ? READY : BARE}
  document.querySelector('form').requestSubmit();
  while (document.querySelector('output').textContent === '') await new Promise((next) => setTimeout(next, 10));
  show({ providers: [] });
  while (document.querySelector('form')) await new Promise((next) => setTimeout(next, 10));
  seen.heard.length = 0;
  seen.asked.updates.length = 0;`;

const elementsCycle = (group: string) => `
  document.querySelector('main').innerHTML = \`<hushfield-group ${group}>
    <hushfield-card-number></hushfield-card-number><hushfield-card-cvc></hushfield-card-cvc></hushfield-group>\`;
  for (let ready = 0; ready < 2; ready += 1) {${READY}}
  const { error } = await document.querySelector('hushfield-group').tokenize();
  if (error.code !== 'incomplete_number') throw new Error(error.code);
  document.querySelector('main').replaceChildren();`;

/** `floor` does the same without us: what it keeps is not ours. */
type Way = { readonly cycle: string; readonly floor?: string };

const WAYS: Readonly<Record<string, (page: Page, merchant: Merchant) => Promise<Way>>> = {
  async sdk(page, merchant) {
    await page.goto(honestPage(merchant, { script: '', body: BOXES.join('') }));
    return { cycle: SDK };
  },
  async 'custom elements'(page, merchant) {
    await page.goto(await elementsPage(merchant, '<main></main>'));
    return { cycle: elementsCycle(groupOf(merchant)) };
  },
  ...Object.fromEntries(
    REACTS.map((version) => [
      `React ${version}`,
      async (page: Page, merchant: Merchant) => {
        await openApp(page, merchant, {
          react: version,
          first: { providers: [] },
          mode: 'production',
        });
        return { cycle: react('card'), floor: react('bare') };
      },
    ]),
  ),
};

for (const [way, open] of Object.entries(WAYS))
  test(`keeps nothing of ${2 * CYCLES} mounts by ${way}`, {
    tag: ['@full', '@chromium'],
  }, async ({ page, merchant }) => {
    test.setTimeout(600_000);
    const { cycle, floor } = await open(page, merchant);
    const without = floor === undefined ? 0 : (await growth(page, floor, CYCLES)).bytes;
    const { bytes, ...rest } = await growth(page, cycle, CYCLES);
    const [ours, others] = [bytes - without, without].map((sum) => Math.round(sum / CYCLES));
    saw(`${ours} bytes per mount, and ${others} without us; ${JSON.stringify(rest)}`);
    expect(rest).toStrictEqual({ nodes: 0, listeners: 0, frames: 0 });
    expect(ours).toBeLessThan(BYTES);
  });

test('finds what is kept of a mount', { tag: ['@full', '@chromium'] }, async ({
  page,
  merchant,
}) => {
  test.setTimeout(120_000);
  await page.goto(honestPage(merchant, { script: 'window.kept = [];', body: BOXES.join('') }));
  const leaky = `${SDK.replace('elements.destroy();', 'kept.push(document.querySelector("iframe")); elements.destroy();')}
    document.addEventListener('keyup', () => n);`;
  const grown = await growth(page, leaky, 10);
  expect(grown.nodes).toBeGreaterThanOrEqual(10);
  expect(grown.listeners).toBeGreaterThanOrEqual(10);
});
