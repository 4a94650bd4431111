import { audit } from '../support/axe.ts';
import { openSheet, shownFrames } from '../support/contact-page.ts';
import { expect, test } from '../support/merchant.ts';
import { CARDS, SHEET } from '../support/sheet-states.ts';

/** Looks and languages: each of both at least once, and all with `@full`. */
const LOOKS = {
  light: { theme: 'light' },
  dark: { theme: 'auto' },
  flat: { theme: 'flat', labels: 'floating' },
  none: { theme: 'none' },
  unlabelled: { theme: 'light', labels: 'none' },
} as const;
const SAMPLE = new Set(['light en', 'dark de', 'flat ar', 'none ja', 'unlabelled fr']);
const LOCALES = ['en', 'de', 'fr', 'ar', 'ja'];

for (const [look, appearance] of Object.entries(LOOKS))
  for (const locale of LOCALES) {
    const tag = SAMPLE.has(`${look} ${locale}`) ? [] : ['@full'];
    test(`axe finds nothing in any state: ${look} ${locale}`, { tag }, async ({
      page,
      merchant,
    }) => {
      const dark = look === 'dark';
      const shown = tag.length > 0 ? SHEET : CARDS;
      await openSheet(page, merchant, { appearance, locale, width: 400, dark, shown });
      await expect(page.frameLocator('#sheet-3-0 iframe').getByRole('status')).not.toBeEmpty();
      const frames = shownFrames(page);
      const there = shown
        .filter((one) => !one.frames)
        .flatMap(({ name, made }) => made.map(() => name));
      expect(frames).toHaveLength(there.length);
      const seen = new Set<string>();
      for (const [index, frame] of frames.entries()) {
        // A frame is transparent, and axe cannot see the page behind it.
        if (look === 'dark')
          await frame.evaluate(() => (document.body.style.background = '#12151c'));
        const { violations, passes } = await audit(frame);
        expect(violations, there[index]).toStrictEqual([]);
        for (const id of passes) seen.add(id);
      }
      // Positive control: it has looked at what matters here.
      for (const id of ['label', 'autocomplete-valid', 'html-lang-valid', 'color-contrast'])
        expect([...seen]).toContain(id);
      // The page around them too: frames with names, and no second stop for the controller.
      expect((await audit(page.mainFrame())).violations).toStrictEqual([]);
    });
  }

test('axe does find what is wrong', async ({ page, merchant }) => {
  const appearance = { theme: 'light', variables: { colorText: '#eeeeee' } };
  const wish = { appearance, locale: 'en', width: 400, dark: false };
  await openSheet(page, merchant, { ...wish, shown: CARDS });
  const [frame] = shownFrames(page);
  if (!frame) throw new Error('there is no frame');
  await frame.locator('[autocomplete=cc-name]').fill('Zoë');
  const { violations } = await audit(frame);
  expect(violations.map(({ id }) => id)).toContain('color-contrast');
});
