import type { Frame, Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { type Card, canaryNumber, VISA } from '../support/cards.ts';
import { cardFrame, expect, type Merchant, openCard, test } from '../support/merchant.ts';

/** Long enough that texts of the page itself do not hold its parts by chance. */
const CARD: Card & { name: string } = {
  ...VISA,
  number: canaryNumber('49176100'),
  cvc: '8351',
  name: 'Zofia 90817 Quux',
};
/** Keys in a row that must stand nowhere in a document. */
const RUN = 4;

/** Writes down, at every change, each text, attribute and title that was not there before typing. */
function mirror(): void {
  const texts = () => [
    document.title,
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll('*')].flatMap((element) =>
      element.getAttributeNames().map((name) => `${name}=${element.getAttribute(name)}`),
    ),
    ...[...document.querySelectorAll('*')].flatMap((element) =>
      [...element.childNodes]
        .filter((node) => node.nodeType === 3)
        .map((node) => node.nodeValue ?? ''),
    ),
    location.href,
    window.name,
    JSON.stringify(history.state),
    document.cookie,
  ];
  const before = new Set(texts());
  const seen = new Set<string>();
  let changes = 0;
  const look = () => {
    for (const text of texts()) if (!before.has(text)) seen.add(text);
  };
  new MutationObserver((records) => {
    changes += records.length;
    look();
  }).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
    attributeOldValue: true,
  });
  // What no observer reports: a property that an engine reflects later.
  addEventListener('input', () => setTimeout(look, 0), true);
  Reflect.set(window, 'mirrored', () => {
    look();
    return { changes, seen: [...seen], before: [...before] };
  });
}

const digitRuns = (text: string) =>
  (text.match(/\d(?:[\d \u00a0./-]*\d)?/g) ?? []).map((run) => run.replace(/\D/g, ''));

/** Parts of what was typed that stand in a text, spaced or not. */
function parts(text: string, typed: string): string[] {
  const runs = digitRuns(text);
  return Array.from({ length: typed.length - RUN + 1 }, (_, start) =>
    typed.slice(start, start + RUN),
  ).filter((part) => runs.some((run) => run.includes(part)));
}

async function watchAll(page: Page): Promise<readonly Frame[]> {
  const frames = page.frames();
  for (const frame of frames) await frame.evaluate(mirror);
  return frames;
}

async function mirrored(frames: readonly Frame[]) {
  const all = await Promise.all(
    frames.map(
      (frame): Promise<{ changes: number; seen: string[]; before: string[] }> =>
        frame.evaluate(() => Reflect.get(window, 'mirrored')()),
    ),
  );
  return {
    changes: all.reduce((sum, one) => sum + one.changes, 0),
    seen: all.flatMap(({ seen }) => seen),
    before: all.flatMap(({ before }) => before),
  };
}

const partsIn = (texts: readonly string[]) =>
  texts.flatMap((text) =>
    [CARD.number, CARD.name].flatMap((typed) => parts(text, typed.replace(/\D/g, ''))),
  );

/** What stands there after typing and not before: a ticket's numbers may hold a part by chance. */
function leaks({ seen, before }: { seen: readonly string[]; before: readonly string[] }) {
  const chance = partsIn(before);
  return partsIn(seen).filter((part) => !chance.includes(part));
}

/** All four inputs, with a wrong number, an error, an edit in the middle and a way back. */
async function typeEverything(page: Page): Promise<void> {
  const { number, expiry, cvc, name } = CARD;
  const input = (purpose: string) => cardFrame(page).locator(`[autocomplete=${purpose}]`);
  await input('cc-number').click();
  await page.keyboard.type(`${number.slice(0, -1)}${(Number(number.at(-1)) + 1) % 10}`);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  for (const key of ['End', 'Backspace', 'ArrowLeft', 'ArrowLeft', 'Backspace'])
    await page.keyboard.press(key);
  await page.keyboard.type(number.slice(-4, -3));
  await input('cc-number').fill(number);
  await input('cc-exp').click();
  await page.keyboard.type(expiry);
  await input('cc-csc').click();
  await page.keyboard.type(cvc);
  await input('cc-name').click();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
}

test(
  'mirrors nothing that is typed into its own document',
  attack(
    12,
    'looks for four typed digits in every text, attribute and title of every frame at every change',
  ),
  async ({ page, merchant }) => {
    const frame = await openCard(
      page,
      merchant.cardPage({ fields: ['number', 'expiry', 'cvc', 'name'] }),
    );
    await page.locator('iframe[name^=hushfield-]').waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle');
    const frames = await watchAll(page);
    await typeEverything(page);
    await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue(/^4917 6100/);
    const found = await mirrored(frames);
    const { changes, seen } = found;
    expect(leaks(found)).toStrictEqual([]);
    expect(
      await frame
        .locator('input')
        .evaluateAll((inputs) => inputs.map((input) => input.getAttribute('value'))),
    ).toStrictEqual([null, null, null, null]);
    expect(changes).toBeGreaterThan(5);
    saw(
      `${frames.length} documents, ${changes} changes, ${seen.length} new texts, 0 with four typed digits`,
    );

    // Positive control: what a framework that reflects values would do is seen.
    await frame
      .locator('[autocomplete=cc-number]')
      .evaluate((input) => input.setAttribute('title', (input as HTMLInputElement).value));
    expect(leaks(await mirrored(frames))).not.toStrictEqual([]);
  },
);

/** Mounts three separate elements, as a page may that wants its own layout. */
function separatePage(merchant: Merchant): string {
  const { fieldsOrigin, keys } = merchant.deployment;
  const types = ['cardNumber', 'cardExpiry', 'cardCvc'];
  merchant.pages.set(
    '/mirror-separate',
    `<script src="${fieldsOrigin}/sdk/v1/hushfield.js" crossorigin></script>`,
    `<form>${types.map((type) => `<div id="${type}"></div>`).join('')}</form><script>
      const elements = Hushfield('${keys.publishableKey}').elements();
      window.ready = Promise.all(${JSON.stringify(types)}.map((type) => elements.create(type).mount('#' + type)));
    </script>`,
  );
  return `${merchant.origin}/mirror-separate`;
}

const CARD_INPUT = '[autocomplete*="cc-"], [name*="card" i], [name*="cc-"], [id*="card-number" i]';

const purposes = (page: Page) =>
  Promise.all(
    page
      .frames()
      .slice(1)
      .map((frame) =>
        frame
          .locator('input')
          .evaluateAll((inputs) =>
            inputs.map((input) =>
              [
                input.getAttribute('autocomplete'),
                input.closest('form')?.getAttribute('autocomplete'),
              ].join(),
            ),
          ),
      ),
  );

test(
  'keeps what browsers fill inside its own frames',
  attack(14, 'harvests what autofill would put into inputs of the page'),
  async ({ page, merchant }) => {
    const expected = ['cc-number,on', 'cc-exp,on', 'cc-csc,on'];
    for (const url of [merchant.cardPage(), separatePage(merchant)]) {
      await openCard(page, url);
      await page.locator('iframe[name^=hushfield-]').waitFor({ state: 'attached' });
      await page.waitForLoadState('networkidle');
      // The SDK draws no input of its own, and the frames may fill theirs.
      await expect(page.locator('input, select, textarea')).toHaveCount(0);
      expect((await purposes(page)).flat().toSorted()).toStrictEqual(expected.toSorted());
      const allowed = await page
        .locator('iframe')
        .evaluateAll((frames) => frames.map((frame) => frame.getAttribute('allow')));
      // The clipboard is for the one document whose own policy lets it write.
      expect(new Set(allowed)).toStrictEqual(new Set(['autofill; clipboard-write']));
    }
    // Positive control: the selector finds what an SDK that draws its own input would have drawn.
    await page.evaluate(() =>
      document.body.insertAdjacentHTML('beforeend', '<input autocomplete="cc-number">'),
    );
    await expect(page.locator(CARD_INPUT)).toHaveCount(1);
    saw(
      'combined and separate: 3 cc-* inputs in frames, 0 in the page, autofill allowed to the frames',
    );
  },
);
