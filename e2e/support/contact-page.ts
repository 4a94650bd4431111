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
  { name: 'disabled', options: { fields: ALL, disabled: true } },
];

/** The page of a sheet: a heading and a container for each. */
export function sheetScript(appearance: object, locale: string): string {
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

/** The boxes that elements are mounted into. */
export const SHEET_BODY = SHEET.map(
  ({ name }, index) => `<section><h2>${name}</h2><div id="sheet-${index}"></div></section>`,
).join('');

/** The page around them, as a shop has it. */
export function sheetHead(dark: boolean): string {
  const colours = dark
    ? 'color-scheme: dark; background: #12151c; color: #eee'
    : 'background: #fff';
  return `<meta name="viewport" content="width=device-width"><style>html { ${colours} }
    body { margin: 16px; font: 14px system-ui } section { max-width: 640px; margin-bottom: 12px }
    h2 { font-size: 13px; font-weight: 400; opacity: .7; margin: 0 0 4px }</style>`;
}
