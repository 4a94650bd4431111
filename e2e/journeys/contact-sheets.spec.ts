import { openSheet } from '../support/contact-page.ts';
import { expect, test } from '../support/merchant.ts';

const RULES = {
  input: {
    base: { borderWidth: 2, borderRadius: 2, letterSpacing: 0.5 },
    complete: { borderColor: '#1b7f3b' },
    invalid: { backgroundColor: '#fff4f2' },
  },
  label: { base: { fontWeight: '600' } },
};
const LOOKS = {
  light: { theme: 'light' },
  dark: { theme: 'auto' },
  flat: { theme: 'flat', labels: 'floating' },
  none: { theme: 'none' },
  rules: {
    theme: 'light',
    rules: RULES,
    variables: { colorPrimary: '#7a1fa2', fontFamily: 'serif' },
  },
} as const;

for (const [look, appearance] of Object.entries(LOOKS))
  for (const locale of ['en', 'de', 'ar', 'ja'])
    for (const width of [320, 1024]) {
      // One of them each time: right to left, narrow, with what overlaps most.
      const tag = look === 'flat' && locale === 'ar' && width === 320 ? [] : ['@full'];
      test(`sheet ${look} ${locale} ${width}`, { tag }, async ({ page, merchant }) => {
        await openSheet(page, merchant, { appearance, locale, width, dark: look === 'dark' });
        await page.waitForTimeout(900);
        // Nothing is cut off: what a frame holds is as wide and as high as the frame.
        for (const frame of page.frames().filter((each) => each.url().includes('/field'))) {
          const spill = await frame.evaluate(() => {
            const { scrollWidth, clientWidth, scrollHeight, clientHeight } =
              document.documentElement;
            return { x: scrollWidth - clientWidth, y: scrollHeight - clientHeight };
          });
          expect(spill).toStrictEqual({ x: 0, y: 0 });
        }
        const path = `../.reports/sheets/${look}-${locale}-${width}.png`;
        await page.screenshot({
          path,
          clip: {
            x: 0,
            y: 0,
            width,
            height: await page.evaluate(() => document.body.scrollHeight),
          },
        });
      });
    }
