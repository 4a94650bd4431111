import type { Page } from '@playwright/test';
import { honestPage } from './honest-page.ts';
import type { Merchant } from './merchant.ts';

/** A state that an element is shown in, brought about as a shopper would. */
export type Shown = {
  readonly name: string;
  readonly options: object;
  /** What is typed into inputs by their autocomplete; a Tab leaves the last one. */
  readonly typed?: Readonly<Record<string, string>>;
  readonly leaves?: boolean;
};

const ALL = ['number', 'expiry', 'cvc', 'name', 'postalCode'];
const CARD = {
  'cc-number': '4242424242424242',
  'cc-exp': '1230',
  'cc-csc': '123',
  'cc-name': 'Zoë Ångström',
  'postal-code': 'SW1A 1AA',
};
const WRONG = { ...CARD, 'cc-number': '4242424242424241', 'cc-exp': '0120', 'postal-code': '8' };

/** Every element and state of a sheet. */
export const SHEET: readonly Shown[] = [
  { name: 'row, empty', options: { fields: ALL } },
  { name: 'row, typing', options: { fields: ALL }, typed: { 'cc-number': '55554' } },
  { name: 'row, complete', options: { fields: ALL }, typed: CARD, leaves: true },
  { name: 'row, wrong', options: { fields: ALL }, typed: WRONG, leaves: true },
  { name: 'column, complete', options: { fields: ALL, layout: 'column' }, typed: CARD },
  { name: 'grid, wrong', options: { fields: ALL, layout: 'grid' }, typed: WRONG, leaves: true },
  {
    name: 'row, two networks',
    options: { fields: ALL, preferredNetworks: ['dankort'] },
    typed: { ...CARD, 'cc-number': '4571000000000001' },
    leaves: true,
  },
  {
    name: 'column, two networks, none preferred',
    options: { fields: ['number', 'expiry', 'cvc'], layout: 'column' },
    typed: { 'cc-number': '6703444444444449', 'cc-exp': '1230', 'cc-csc': '123' },
    leaves: true,
  },
  { name: 'halved expiry, empty', options: { fields: ALL, split: true } },
  {
    name: 'halved expiry, wrong',
    options: { fields: ALL, split: true },
    typed: { 'cc-number': '4242424242424242', 'cc-exp-month': '12', 'cc-exp-year': '20' },
    leaves: true,
  },
  { name: 'disabled', options: { fields: ALL, disabled: true } },
];

function sheetScript(appearance: object, locale: string): string {
  return `
  const shown = ${JSON.stringify(SHEET)};
  document.documentElement.dir = /^(ar|he)/.test('${locale}') ? 'rtl' : 'ltr';
  const groups = shown.map(({ options }, index) => {
    const elements = Hushfield(KEY).elements({ locale: '${locale}', appearance: ${JSON.stringify(appearance)} });
    const card = elements.create('card', options);
    return card.mount('#sheet-' + index).then(() => card);
  });
  window.ready = Promise.all(groups);
  ready.catch(() => {});`;
}

const BODY = SHEET.map(
  ({ name }, index) => `<section><h2>${name}</h2><div id="sheet-${index}"></div></section>`,
).join('');

/** The page around them, as a shop has it. */
function sheetHead(dark: boolean): string {
  const colours = dark
    ? 'color-scheme: dark; background: #12151c; color: #eee'
    : 'background: #fff';
  return `<meta name="viewport" content="width=device-width"><style>html { ${colours} }
    body { margin: 16px; font: 14px system-ui } section { max-width: 640px; margin-bottom: 12px }
    h2 { font-size: 13px; font-weight: 400; opacity: .7; margin: 0 0 4px }</style>`;
}

/** How a sheet is wanted; `dark` is the page around it. */
export type SheetWish = {
  readonly appearance: object;
  readonly locale: string;
  readonly width: number;
  readonly dark: boolean;
};

/** Opens a page with all of them, each brought into its state. */
export async function openSheet(page: Page, merchant: Merchant, wish: SheetWish): Promise<void> {
  // Frames of another process are not painted below the window's edge.
  await page.setViewportSize({ width: wish.width, height: 5_600 });
  const script = sheetScript(wish.appearance, wish.locale);
  const head = sheetHead(wish.dark);
  await page.goto(honestPage(merchant, { script, head, body: BODY }));
  await page.evaluate(() => Reflect.get(window, 'ready').then(() => undefined));
  for (const [index, { typed = {}, leaves }] of SHEET.entries()) {
    const frame = page.frameLocator(`#sheet-${index} iframe`);
    for (const [purpose, text] of Object.entries(typed))
      await frame.locator(`[autocomplete=${purpose}]`).fill(text);
    if (leaves) await page.keyboard.press('Tab');
  }
}
