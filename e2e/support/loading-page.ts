import type { Page } from '@playwright/test';
import { honestPage } from './honest-page.ts';
import type { Merchant } from './merchant.ts';

/** An element whose place is to be kept while it loads; `width` of its container, CSS px. */
export type Kept = {
  readonly name: string;
  readonly type?: string;
  readonly width?: number;
  readonly options: object;
};

const ALL = ['number', 'expiry', 'cvc', 'name', 'postalCode'];
const BIG = { variables: { fontSize: 21, spacing: 22 } };

/** Whatever decides how high an element is. */
export const KEPT: readonly Kept[] = [
  { name: 'row', options: {} },
  { name: 'row, narrow', width: 320, options: {} },
  { name: 'row of five', options: { fields: ALL } },
  { name: 'row of five, narrow', width: 320, options: { fields: ALL } },
  { name: 'row without an expiry', options: { fields: ['number', 'cvc'] } },
  { name: 'row out of order', width: 400, options: { fields: ['expiry', 'number', 'cvc'] } },
  { name: 'column', options: { layout: 'column', fields: ALL } },
  { name: 'grid', options: { layout: 'grid', fields: ALL } },
  { name: 'floating', options: { layout: 'grid', appearance: { labels: 'floating' } } },
  { name: 'no labels', options: { layout: 'grid', appearance: { labels: 'none' } } },
  { name: 'naked', width: 320, options: { appearance: { theme: 'none' } } },
  { name: 'flat', width: 320, options: { appearance: { theme: 'flat', labels: 'floating' } } },
  { name: 'big', options: { layout: 'column', appearance: BIG } },
  { name: 'big, floating', options: { appearance: { ...BIG, labels: 'floating' } } },
  { name: 'big, naked', options: { appearance: { ...BIG, theme: 'none' } } },
  { name: 'number', type: 'cardNumber', options: {} },
  { name: 'expiry', type: 'cardExpiry', width: 150, options: {} },
  { name: 'code', type: 'cardCvc', width: 150, options: { appearance: { labels: 'floating' } } },
  { name: 'name', type: 'cardholderName', options: { appearance: { labels: 'none' } } },
  { name: 'postal code', type: 'postalCode', width: 200, options: {} },
  { name: 'iban', type: 'iban', width: 320, options: {} },
  { name: 'account', type: 'accountNumber', options: {} },
  { name: 'account, narrow', type: 'accountNumber', width: 320, options: {} },
  { name: 'account, column', type: 'accountNumber', options: { layout: 'column' } },
  { name: 'text', type: 'text', options: { policy: 'x' } },
];

const SCRIPT = `
  window.shifts = [];
  new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value)))
    .observe({ type: 'layout-shift', buffered: true });
  window.heights = () => [...document.querySelectorAll('.place')].map((place) => place.offsetHeight);
  const mounted = ${JSON.stringify(KEPT)}.map(({ type = 'card', options }, index) =>
    Hushfield(KEY).elements().create(type, options).mount('#place-' + index));
  window.before = heights();
  window.ready = Promise.all(mounted);
  ready.catch(() => {});`;

const BODY = KEPT.map(
  ({ name, width = 640 }, index) =>
    `<p>${name}</p><div class="place" id="place-${index}" style="width: ${width}px"></div>`,
).join('');

/** A page with all of them, a text above and below each. */
export function keptPage(merchant: Merchant): string {
  const head = '<style>* { box-sizing: border-box } p { margin: 8px 0 }</style>';
  return honestPage(merchant, { script: SCRIPT, head, body: `${BODY}<p>the end</p>` });
}

const FIELD = /\/f1\/[^/]+\/(?!controller)/;

/** Holds back the documents of fields until the returned function is called. */
export async function holdFields(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(FIELD, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** Refuses them, as a network does that is gone. */
export async function blockFields(page: Page): Promise<void> {
  await page.route(FIELD, (route) => route.abort());
}

export const unblockFields = (page: Page): Promise<void> => page.unroute(FIELD);
