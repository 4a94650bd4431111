import type { Frame, FrameLocator, Page } from '@playwright/test';
import { importToken, newGrant } from './backend.ts';
import { honestPage } from './honest-page.ts';
import { blockFields, holdFields, unblockFields } from './loading-page.ts';
import type { Merchant } from './merchant.ts';
import type { Shown } from './sheet-states.ts';

/** How a sheet is wanted; `dark` is the page around it. */
export type SheetWish = {
  readonly appearance: object;
  readonly locale: string;
  readonly width: number;
  readonly dark: boolean;
  readonly shown: readonly Shown[];
  /** Of the backend's, for what is shown by a grant. */
  readonly grantKey?: string;
};

/** The page's own words for what did not load. */
const FALLBACK: Readonly<Record<string, object>> = {
  de: { message: 'Die gesicherten Felder wurden nicht geladen.', retry: 'Erneut versuchen' },
  ar: { message: 'لم يتم تحميل الحقول الآمنة.', retry: 'إعادة المحاولة' },
  ja: { message: '保護された入力欄を読み込めませんでした。', retry: '再試行' },
};

function sheetScript({ appearance, locale, shown, dark }: SheetWish): string {
  const fallback = FALLBACK[locale];
  const options = { locale, appearance, ...(fallback && { fallback }) };
  return `
  const shown = ${JSON.stringify(shown)};
  document.documentElement.dir = /^(ar|he)/.test('${locale}') ? 'rtl' : 'ltr';
  document.documentElement.classList.toggle('dark', ${dark});
  window.groups = [];
  window.made = [];
  const mountOne = async ({ made: wanted }, index) => {
    const elements = groups[index] ??= Hushfield(KEY).elements(${JSON.stringify(options)});
    made[index] ??= wanted.map(([type, options]) => elements.create(type, options));
    await Promise.all(made[index].map((one, place) => one.mount('#sheet-' + index + '-' + place)));
  };
  // One after the other: a busy machine does not load fifty frames in the time that a page gives them.
  window.mountSome = async (how) => {
    for (const [index, one] of shown.entries()) if (one.frames === how) await mountOne(one, index);
  };
  const soon = setTimeout;
  window.mountLate = (how) => {
    // What never comes has no deadline, or a slow machine would see what failed in its place.
    if (how === 'held') {
      window.setTimeout = (act, ms, ...rest) => (ms < 1_000 ? soon(act, ms, ...rest) : 0);
      AbortSignal.timeout = () => new AbortController().signal;
    }
    mountLateOnes(how);
  };
  const mountLateOnes = (how) => shown.forEach((one, index) => {
    if (one.frames === how) mountOne(one, index).catch(() => {});
  });
  window.wear = (appearance, dark) => {
    document.documentElement.classList.toggle('dark', dark);
    for (const [index, { frames }] of shown.entries()) {
      if (frames === 'held') for (const one of made[index]) one.unmount();
      for (const one of made[index]) one.update({ appearance });
    }
    mountLate('held');
  };`;
}

function sheetBody({ shown }: SheetWish): string {
  const places = (index: number, { made }: Shown) =>
    made.map((_, place) => `<div id="sheet-${index}-${place}"></div>`).join('');
  return shown
    .map((one, index) => `<section><h2>${one.name}</h2>${places(index, one)}</section>`)
    .join('');
}

/** The page around them, as a shop has it; where there is room, in two columns. */
function sheetHead({ width }: SheetWish): string {
  const columns = width > 1_000 ? 'columns: 2; column-gap: 16px;' : '';
  return `<meta name="viewport" content="width=device-width"><style>html { background: #fff }
    html.dark { color-scheme: dark; background: #12151c; color: #eee }
    body { margin: 16px; font: 14px system-ui; ${columns} } section { break-inside: avoid; padding-bottom: 12px }
    section div + div { margin-top: 8px }
    h2 { font-size: 13px; font-weight: 400; opacity: .7; margin: 0 0 4px }</style>`;
}

/** Fills what is there of these, as a browser does that knows them; it travels as text. */
function fillThere(_: Element, typed: Readonly<Record<string, string>>): void {
  for (const [id, text] of Object.entries(typed)) {
    const input = document.getElementById(id);
    if (!(input instanceof HTMLInputElement)) continue;
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

const framesOf = (page: Page, index: number, { made }: Shown) =>
  made.map((_, place) => page.frameLocator(`#sheet-${index}-${place} iframe`));

/** Brings about what is typed, all at once; then a hand on the keyboard leaves the last input. */
async function typeAll(page: Page, { shown }: SheetWish): Promise<void> {
  const typed = shown.flatMap((one, index) =>
    one.typed ? framesOf(page, index, one).map((frame) => ({ frame, ...one })) : [],
  );
  await Promise.all(
    typed.map(({ frame, typed: texts = {} }) => frame.locator(':root').evaluate(fillThere, texts)),
  );
  for (const { frame, leaves } of typed) {
    if (!leaves) continue;
    await frame.locator('input').last().focus();
    await page.keyboard.press('Tab');
  }
}

/** What a card's holder is shown by grants of the backend's. */
async function showGranted(
  page: Page,
  merchant: Merchant,
  { shown, grantKey }: SheetWish,
): Promise<void> {
  if (grantKey === undefined) return;
  const { deployment, origin } = merchant;
  const own = { number: '4242424242424242', expMonth: 12, expYear: 2030, name: 'Zoë Ångström' };
  const token = await importToken(deployment, own);
  for (const [index, one] of shown.entries()) {
    const { granted, copied } = one;
    if (!granted) continue;
    const what = { purpose: 'reveal', token, redaction: granted, fields: ['number', 'expiry'] };
    const grant = await newGrant(deployment, grantKey, { ...what, origins: [origin] });
    await Promise.all(framesOf(page, index, one).map(standStill));
    await page.evaluate(([at, text]) => Reflect.get(window, 'groups')[at].reveal({ grant: text }), [
      index,
      grant,
    ] as const);
    if (copied) await copy(page.frameLocator(`#sheet-${index}-1 iframe`));
  }
}

/** What is shown for seconds stays on the sheet. */
const standStill = (frame: FrameLocator) =>
  frame.locator(':root').evaluate(() => void Object.assign(window, { setTimeout: () => 0 }));

/** By a hand on the button. */
async function copy(frame: FrameLocator): Promise<void> {
  await frame.getByRole('button').click();
  await frame.getByRole('status').filter({ hasText: /./ }).waitFor();
}

const mountLate = (page: Page, frames: string) =>
  page.evaluate((how) => Reflect.get(window, 'mountLate')(how), frames);

/** Those whose documents are refused, before all others: it takes its time until they say so. */
async function mountRefused(page: Page, { shown }: SheetWish): Promise<void> {
  const refused = shown.filter(({ frames }) => frames === 'refused').length;
  if (refused === 0) return;
  await blockFields(page);
  let failed = 0;
  const allFailed = page.waitForEvent('requestfailed', () => (failed += 1) === refused);
  await mountLate(page, 'refused');
  await allFailed;
  await unblockFields(page);
}

/** Those that never come. */
async function mountHeld(page: Page, { shown }: SheetWish): Promise<() => void> {
  if (!shown.some(({ frames }) => frames === 'held')) return () => {};
  await page.getByRole('alert').last().waitFor();
  const release = await holdFields(page);
  await mountLate(page, 'held');
  return release;
}

/** Opens a page with all of them, each brought into its state. Answers what ends it. */
export async function openSheet(
  page: Page,
  merchant: Merchant,
  wish: SheetWish,
): Promise<() => void> {
  // Frames of another process are not painted below the window's edge.
  await page.setViewportSize({ width: wish.width, height: wish.width > 1_000 ? 5_000 : 9_500 });
  const content = { script: sheetScript(wish), head: sheetHead(wish), body: sheetBody(wish) };
  await page.goto(honestPage(merchant, content));
  await mountRefused(page, wish);
  await page.evaluate(() => Reflect.get(window, 'mountSome')());
  await typeAll(page, wish);
  await showGranted(page, merchant, wish);
  const release = await mountHeld(page, wish);
  const last = page.frameLocator(`#sheet-${wish.shown.length - 1}-0 iframe`).locator('#number');
  // A caret that blinks would be there in one picture and gone in the next.
  await last.evaluate((input) => input.style.setProperty('caret-color', 'transparent'));
  await last.focus();
  return release;
}

/** Gives all of them another look, and the page its colours. */
export async function wear(page: Page, appearance: { theme: string }, dark: boolean) {
  await page.evaluate(([look, isDark]) => Reflect.get(window, 'wear')(look, isDark), [
    appearance,
    dark,
  ] as const);
  const wears = (frame: Frame) =>
    frame.waitForFunction(
      (theme) => document.documentElement.dataset['look'] === theme,
      appearance.theme,
    );
  await Promise.all(shownFrames(page).map(wears));
}

/** The frames of elements that are there, in their order. */
export const shownFrames = (page: Page): Frame[] =>
  page.frames().filter((each) => /\/f1\/[^/]+\/(?!controller)/.test(each.url()));

/** What a frame holds reaches further than the frame, by how much; nothing of it should. */
export async function spills(page: Page): Promise<string[]> {
  const found = shownFrames(page).map(async (frame) => {
    const over = await frame.evaluate(() => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
      return [scrollWidth - clientWidth, scrollHeight - clientHeight];
    });
    return over.some((by) => by > 0) ? [`${frame.url()} ${over.join(' ')}`] : [];
  });
  return (await Promise.all(found)).flat();
}
