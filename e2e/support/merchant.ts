import { test as base, expect, type FrameLocator, type Page } from '@playwright/test';
import { type Card, VISA } from './cards.ts';
import { type Deployment, deploy } from './deployment.ts';
import { PageServer } from './page-server.ts';

/** A registered merchant whose pages are the test's own. */
export type Merchant = {
  readonly deployment: Deployment;
  readonly pages: PageServer;
  /** The registered origin. */
  readonly origin: string;
  /** A page with the SDK and one card element; `prelude` runs before the SDK, as a hostile page's would. */
  cardPage(options?: {
    prelude?: string;
    fields?: readonly string[];
    body?: string;
    headers?: Readonly<Record<string, string>>;
    /** In the place of the merchant's first publishable key. */
    key?: string;
    /** Of the group of elements. */
    options?: object;
    /** Of the card, beside its inputs. */
    own?: object;
  }): string;
};

const SHOW = 'Secure card fields';

/** Playwright's test with a vault and a merchant's server that serves whatever a test writes. */
export const test = base.extend<object, { merchant: Merchant }>({
  merchant: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
    async ({}, use) => withMerchant(use),
    { scope: 'worker', timeout: 60_000 },
  ],
});

/** @param env - what the operator has set. */
export async function withMerchant(
  use: (merchant: Merchant) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const deployment = await deploy({ shop: false, env: () => env });
  const pages = new PageServer();
  await pages.listen(deployment.portBase);
  await use(merchantOf(deployment, pages));
  await pages.close();
  await deployment.dispose();
}

let serial = 0;

export function merchantOf(deployment: Deployment, pages: PageServer): Merchant {
  const { shopOrigin: origin, fieldsOrigin, keys } = deployment;
  return {
    deployment,
    pages,
    origin,
    cardPage(wish = {}) {
      const { prelude = '', fields = ['number', 'expiry', 'cvc'], body = '', headers = {} } = wish;
      const { key = keys.publishableKey, options = {}, own = {} } = wish;
      serial += 1;
      const path = `/card-${serial}`;
      const mount = `
        window.hushfield = Hushfield('${key}');
        window.fresh = () => {
          window.elements?.destroy();
          window.elements = hushfield.elements(${JSON.stringify(options)});
          window.card = elements.create('card', ${JSON.stringify({ fields, ...own })});
          return window.ready = card.mount('#card');
        };
        fresh();
        ready.catch(() => {});`;
      pages.set(
        path,
        `<script>${prelude}</script><script src="${fieldsOrigin}/sdk/v1/hushfield.js" crossorigin></script>`,
        `<div id="card"></div>${body}<script>${mount}</script>`,
        headers,
      );
      return `${origin}${path}`;
    },
  };
}

export function cardFrame(page: Page): FrameLocator {
  return page.frameLocator(`iframe[title="${SHOW}"]`);
}

/** Opens a card page and waits until its element says it is ready. */
export async function openCard(page: Page, url: string): Promise<FrameLocator> {
  await page.goto(url);
  await page.evaluate(() => {
    if (!('ready' in window)) throw new Error('the SDK did not load');
    return Reflect.get(window, 'ready');
  });
  return cardFrame(page);
}

/** Types a card as one stream of digits: the combined element goes on from input to input. */
export async function typeCard(page: Page, card: Card = VISA): Promise<void> {
  await cardFrame(page).locator('[autocomplete=cc-number]').click();
  await page.keyboard.type(card.number + card.expiry + card.cvc);
}

/** What stands in the inputs of the combined element, in their order. */
export function valuesIn(page: Page): Promise<string[]> {
  return cardFrame(page)
    .locator('input')
    .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
}

export type Answer = { token?: { id: string }; error?: { code: string; type: string } };

/** What `elements.tokenize()` answers in the page. */
export function tokenize(page: Page): Promise<Answer> {
  return page.evaluate(() => Reflect.get(window, 'elements').tokenize());
}

export { expect };
