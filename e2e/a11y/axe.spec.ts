import { audit } from '../support/axe.ts';
import { openSheet, SHEET } from '../support/contact-page.ts';
import { fieldFrames } from '../support/honest-page.ts';
import { expect, test } from '../support/merchant.ts';

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
      await openSheet(page, merchant, { appearance, locale, width: 400, dark });
      await expect(page.frameLocator('#sheet-3 iframe').getByRole('status')).not.toBeEmpty();
      const frames = fieldFrames(page);
      expect(frames).toHaveLength(SHEET.length);
      const seen = new Set<string>();
      for (const [index, frame] of frames.entries()) {
        // A frame is transparent, and axe cannot see the page behind it.
        if (look === 'dark')
          await frame.evaluate(() => (document.body.style.background = '#12151c'));
        const { violations, passes } = await audit(frame);
        expect(violations, SHEET[index]?.name).toStrictEqual([]);
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
  await openSheet(page, merchant, { appearance, locale: 'en', width: 400, dark: false });
  const [frame] = fieldFrames(page);
  if (!frame) throw new Error('there is no frame');
  await frame.locator('[autocomplete=cc-name]').fill('Zoë');
  const { violations } = await audit(frame);
  expect(violations.map(({ id }) => id)).toContain('color-contrast');
});
