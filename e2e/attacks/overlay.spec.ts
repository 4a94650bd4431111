import type { Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { cardFrame, expect, openCard, test } from '../support/merchant.ts';

/*
 * Bait: the shopper believes to type into something else. Nothing is taken from an element because of
 * it, since honest pages use opacity and filters too; the page's owner is told.
 */

type Bait = { readonly how: string; readonly act: string };

/** What every engine can tell: how much of the element is there to be seen. */
const HIDDEN: readonly Bait[] = [
  { how: 'a frame of one pixel', act: "frame.style.cssText = 'width:1px;height:1px'" },
  {
    how: 'a frame outside of the window',
    act: "frame.style.cssText = 'position:fixed;left:-5000px'",
  },
  { how: 'a clip to nothing', act: "card_.style.cssText = 'height:1px;overflow:hidden'" },
];

/** What only IntersectionObserver v2 can tell. */
const COVERED: readonly Bait[] = [
  {
    how: 'a transparent layer that lets clicks through',
    act: `const layer = document.body.appendChild(document.createElement('div'));
      layer.style.cssText = 'position:fixed;inset:0;pointer-events:none;background:#fff1'`,
  },
  { how: 'an opacity of 0.01', act: "frame.style.opacity = '0.01'" },
  { how: 'a scale of a tenth', act: "frame.style.transform = 'scale(.1)'" },
];

/** Which of these raise the warning, each on a fresh element that has focus. */
async function warned(page: Page, baits: readonly Bait[]): Promise<string[]> {
  const noticed: string[] = [];
  for (const { how, act } of baits) {
    await page.evaluate(`(async () => {
      await fresh();
      window.warnings = [];
      card.on('warning', ({ code }) => warnings.push(code));
    })()`);
    await cardFrame(page).locator('[autocomplete=cc-number]').focus();
    await page.evaluate(`(() => {
      const card_ = document.querySelector('#card');
      const frame = card_.querySelector('iframe');
      ${act};
    })()`);
    await page
      .waitForFunction(() => Reflect.get(window, 'warnings').length > 0, undefined, {
        timeout: 4_000,
      })
      .then(() => noticed.push(how))
      .catch(() => {});
  }
  return noticed;
}

const names = (baits: readonly Bait[]) => baits.map(({ how }) => how);

test(
  'warns of a field that has focus and cannot be seen',
  attack(8, 'shrinks, moves or clips the frame while it has focus'),
  async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage());
    const noticed = await warned(page, HIDDEN);
    saw(`${noticed.length} of ${HIDDEN.length} noticed`);
    expect(noticed).toStrictEqual(names(HIDDEN));
    expect(await page.evaluate('warnings')).toStrictEqual(['obscured']);
  },
);

test(
  'warns of a field that something lies over',
  attack(
    8,
    'lays a transparent layer over the frame, or makes it transparent or tiny',
    '@chromium',
  ),
  async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage());
    const noticed = await warned(page, COVERED);
    saw(`${noticed.length} of ${COVERED.length} noticed`);
    expect(noticed).toStrictEqual(names(COVERED));
  },
);

test(
  'warns of no field that can be seen',
  attack(8, 'none: an honest page, and a field scrolled half out while nobody types'),
  async ({ page, merchant }) => {
    await openCard(page, merchant.cardPage());
    expect(await warned(page, [{ how: 'nothing', act: '' }])).toStrictEqual([]);
  },
);
