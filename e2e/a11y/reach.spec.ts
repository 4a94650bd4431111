import type { Frame, Page } from '@playwright/test';
import {
  boxes,
  CHECK,
  FIELDS,
  fillThere,
  framesOf,
  mountAll,
  ROOMY,
  SEPARATE,
  type Shown,
  whole,
  WRONG,
} from '../support/every-element.ts';
import { honestPage } from '../support/honest-page.ts';
import { FITS, measureDocument, type Spill, spaceOut } from '../support/measure.ts';
import { expect, type Merchant, openCard, test } from '../support/merchant.ts';

/* Whether everything can be got at: by the keyboard, in little room, in large letters, with a finger. */

const inside = (frame: Frame, run: (...args: never[]) => unknown, ...args: unknown[]) =>
  frame.evaluate(`(${String(run)})(...${JSON.stringify(args)})`);

/* Keyboard order. */

/** A longer wait than a field's events have, so that they come between the page's own in the order of the keys. */
const TICK_MS = 160;
const ORDER = ['before', ...FIELDS, 'after'];

const LAYOUTS = [
  ['row', [whole({ layout: 'row' })], []],
  ['right to left', [whole({ layout: 'row', locale: 'ar' })], ['@full']],
  ['grid', [whole({ layout: 'grid' })], ['@full']],
  ['separate', SEPARATE, []],
] as const;

const WITNESS = `
  window.stops = [];
  addEventListener('focusin', ({ target }) => { if (target.tagName === 'BUTTON') stops.push(target.id); });
  addEventListener('hushfield:focus', ({ detail }) => stops.push(detail.field));`;

for (const [layout, shown, tag] of LAYOUTS) {
  test(`leads the keyboard through the inputs and on, and back (${layout})`, {
    tag: [...tag],
  }, async ({ page, merchant }) => {
    const body = `<button id="before">before</button>${boxes(shown)}<button id="after">after</button>`;
    await openCard(page, honestPage(merchant, { script: WITNESS + mountAll(shown), body }));
    const walk = async (key: string) => {
      for (let step = 1; step < ORDER.length; step += 1) {
        await page.keyboard.press(key);
        await page.waitForTimeout(TICK_MS);
      }
      return page.evaluate((): string[] => Reflect.get(window, 'stops').splice(0));
    };
    await page.locator('#before').focus();
    expect(await walk('Tab')).toStrictEqual(ORDER);
    expect(await walk('Shift+Tab')).toStrictEqual(ORDER.toReversed().slice(1));
  });
}

/* Room. */

const LOCALES = ['en', 'de', 'fr', 'es', 'it', 'pt-BR', 'nl', 'pl', 'ja', 'zh-CN', 'he', 'ar'];
/** For engines in which a look into a frame takes its time. */
const SAMPLE = ['de', 'ja', 'ar'];

async function openWrong(page: Page, merchant: Merchant, width: number): Promise<Frame[]> {
  // Frames of another process are not painted below the window's edge.
  await page.setViewportSize({ width, height: 3_200 });
  const head =
    '<meta name="viewport" content="width=device-width"><style>body{margin:16px}</style>';
  const script = mountAll(ROOMY);
  await openCard(page, honestPage(merchant, { head, script, body: boxes(ROOMY) }));
  const frames = await framesOf(page);
  await Promise.all(frames.map((frame) => inside(frame, fillThere, WRONG)));
  await page.evaluate(CHECK);
  return frames;
}

/** A page of 1280 px at 200 % and at 400 %: what a browser's zoom leaves of it in CSS px. */
for (const [zoom, width, tag] of [
  ['200 %', 640, '@full'],
  ['400 %', 320, []],
] as const) {
  test(`loses nothing at ${zoom}, in any language, with everything wrong`, {
    tag: [tag].flat(),
  }, async ({ page, merchant, browserName }) => {
    const frames = await openWrong(page, merchant, width);
    expect(frames).toHaveLength(ROOMY.length);
    const allFit = (lang: string, texts: boolean) =>
      Promise.all(
        frames.map((frame, index) =>
          expect
            .poll(() => inside(frame, measureDocument, texts), JSON.stringify(ROOMY[index]))
            .toStrictEqual({ ...FITS, lang }),
        ),
      );
    const locales = browserName === 'chromium' ? LOCALES : SAMPLE;
    for (const locale of locales) {
      await page.evaluate((wish) => {
        for (const one of Reflect.get(window, 'made')) one.update({ locale: wish });
      }, locale);
      await allFit(locale, true);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    // Nor where letters, words and lines stand as far apart as a reader may ask for (WCAG 1.4.12).
    for (const frame of frames) await inside(frame, spaceOut);
    await allFit(locales.at(-1) ?? '', false);
  });
}

test('keeps a whole number in sight beside its brand, however wide its place', async ({
  page,
  merchant,
}) => {
  const shown = [whole({ layout: 'row' })];
  await openCard(page, honestPage(merchant, { script: mountAll(shown), body: boxes(shown) }));
  const [frame] = await framesOf(page);
  if (!frame) throw new Error('there is no frame');
  await inside(frame, fillThere, { 'cc-number': '4242424242424242' });
  for (let width = 288; width <= 704; width += 32) {
    await page.evaluate(
      (px) => document.querySelector<HTMLElement>('#box-0')?.style.setProperty('width', `${px}px`),
      width,
    );
    await expect.poll(() => frame.evaluate('innerWidth')).toBe(width);
    const { cut } = (await inside(frame, measureDocument, true)) as Spill;
    expect(cut, `${width} px`).toStrictEqual([]);
  }
});

test('finds what is cut off, outside and small', { tag: '@once' }, async ({ page, merchant }) => {
  const [frame] = await openWrong(page, merchant, 640);
  await frame?.evaluate(() => {
    const style = (selector: string, wish: object) =>
      Object.assign(document.querySelector<HTMLElement>(selector)?.style ?? {}, wish);
    style('#cvc', { width: '20px', padding: '0' });
    style('label[for=number]', { width: '9px', overflow: 'hidden' });
    style('#message', { marginLeft: '600px' });
  });
  expect(frame && (await inside(frame, measureDocument, true))).toMatchObject({
    cut: expect.arrayContaining(['LABEL number']),
    outside: ['P message'],
    small: ['INPUT cvc'],
  });
});

/* Wishes of the system. */

/** The looks in which something moves or is drawn by colour alone. */
const LOOKS: readonly Shown[] = [
  whole({ appearance: { theme: 'light' } }),
  whole({ appearance: { theme: 'flat', labels: 'floating' } }),
  whole({ appearance: { theme: 'none' } }),
];

test('moves nothing for whoever wants no motion', { tag: '@chromium' }, async ({
  page,
  merchant,
}) => {
  await openCard(page, honestPage(merchant, { script: mountAll(LOOKS), body: boxes(LOOKS) }));
  const moving = async () => {
    const frames = await framesOf(page);
    const look = () =>
      [...document.querySelectorAll('*')].filter((one) => {
        const { transitionDuration, animationName } = getComputedStyle(one);
        return Number.parseFloat(transitionDuration) > 0 || animationName !== 'none';
      }).length;
    return Promise.all(frames.map((frame) => frame.evaluate(look)));
  };
  // Positive control: something does move for everybody else.
  expect(await moving()).toStrictEqual([0, FIELDS.length, 0]);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await moving()).toStrictEqual([0, 0, 0]);
});

test('shows focus, inputs and mistakes in forced colours', { tag: '@chromium' }, async ({
  page,
  merchant,
}) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await openCard(page, honestPage(merchant, { script: mountAll(LOOKS), body: boxes(LOOKS) }));
  for (const [index, frame] of (await framesOf(page)).entries()) {
    const number = frame.locator('#number');
    await number.fill('4242424242424241');
    await frame.locator('#expiry').focus();
    await expect(frame.getByRole('status')).not.toBeEmpty();
    await number.focus();
    const seen = await number.evaluate((one) => {
      const probe = document.body.appendChild(document.createElement('i'));
      const system = (name: string) => {
        probe.style.setProperty('color', name);
        return getComputedStyle(probe).color;
      };
      const { outlineColor, outlineStyle, outlineWidth, borderTopWidth } = getComputedStyle(one);
      const message = document.querySelector('#message') as Element;
      return {
        forced: matchMedia('(forced-colors: active)').matches,
        outline: [outlineColor === system('Highlight'), outlineStyle, outlineWidth],
        others: [
          ...new Set(
            [...document.querySelectorAll('input:not(:focus)')].map(
              (other) => getComputedStyle(other).outlineStyle,
            ),
          ),
        ],
        border: borderTopWidth,
        message: getComputedStyle(message).color === system('CanvasText'),
      };
    });
    expect(seen, JSON.stringify(LOOKS[index])).toStrictEqual({
      forced: true,
      outline: [true, 'solid', '2px'],
      // A ring around all of them would say nothing.
      others: ['none'],
      // The page draws around a naked one.
      border: index === 2 ? '0px' : '1px',
      message: true,
    });
  }
});
