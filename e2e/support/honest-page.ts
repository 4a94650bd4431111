import type { Frame, FrameLocator, Page } from '@playwright/test';
import { type Card, VISA } from './cards.ts';
import type { Merchant } from './merchant.ts';

type Content = {
  /** Runs after the SDK; it sees `KEY` and leaves `elements` and `ready` on the window. */
  readonly script?: string;
  readonly head?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly nonce?: string;
};

/** What most integrations are: one group, one card, one container. */
export const ONE_CARD = `
  window.elements = Hushfield(KEY).elements();
  window.card = elements.create('card', { fields: ['number', 'expiry', 'cvc'] });
  window.ready = card.mount('#card');
  ready.catch(() => {});`;

/** One card with options of a test's own, whose warnings are kept. */
export const cardWith = (options: object): string => `
  window.elements = Hushfield(KEY).elements();
  window.card = elements.create('card', ${JSON.stringify(options)});
  window.warnings = [];
  card.on('warning', ({ code }) => warnings.push(code));
  window.ready = card.mount('#card');
  ready.catch(() => {});`;

/** Opens such a page, and waits until its element is ready. */
export async function openCardWith(
  page: Page,
  merchant: Merchant,
  options: object,
): Promise<FrameLocator> {
  await page.goto(honestPage(merchant, { script: cardWith(options) }));
  await page.evaluate(() => Reflect.get(window, 'ready'));
  return page.frameLocator('#card iframe');
}

/** Changes the options of that card. */
export function updateCard(page: Page, options: object): Promise<void> {
  return page.evaluate((wish) => Reflect.get(window, 'card').update(wish), options);
}

/** What it has warned of. */
export function warningsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => Reflect.get(window, 'warnings'));
}

let serial = 0;

/** Writes a page of an honest merchant and gives its address; every script carries the nonce. */
export function honestPage({ deployment, pages, origin }: Merchant, content: Content): string {
  const { script = ONE_CARD, head = '', body = '<div id="card"></div>', headers = {} } = content;
  const nonce = content.nonce === undefined ? '' : ` nonce="${content.nonce}"`;
  serial += 1;
  const path = `/honest-${serial}`;
  pages.set(
    path,
    `${head}<script${nonce} src="${deployment.fieldsOrigin}/sdk/v1/hushfield.js" crossorigin></script>`,
    `${body}<script${nonce}>const KEY = '${deployment.keys.publishableKey}';${script}</script>`,
    headers,
  );
  return `${origin}${path}`;
}

const role = (name: 'field' | 'controller') => (frame: Frame) =>
  new RegExp(`/f1/[^/]+/${name}([?#]|$)`).test(frame.url());

/** The frames with inputs, however deep they stand and whatever shadow hides them. */
export function fieldFrames(page: Page): Frame[] {
  return page.frames().filter(role('field'));
}

export function controllerFrames(page: Page): Frame[] {
  return page.frames().filter(role('controller'));
}

/** Types a card as one stream of digits into one combined element. */
export async function typeInto(frame: Frame | undefined, card: Card = VISA): Promise<void> {
  if (!frame) throw new Error('there is no field frame');
  await frame.locator('[autocomplete=cc-number]').click();
  await frame.page().keyboard.type(card.number + card.expiry + card.cvc);
}
