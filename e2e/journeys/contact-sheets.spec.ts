import { openSheet, spills, wear } from '../support/contact-page.ts';
import { grantingKey } from '../support/granting-key.ts';
import { expect, test } from '../support/merchant.ts';
import { SHEET } from '../support/sheet-states.ts';
import { compareSheet, SAME, shoot } from '../support/sheet-baseline.ts';

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
  dark: { theme: 'dark' },
  flat: { theme: 'flat', labels: 'floating' },
  none: { theme: 'none' },
  rules: {
    theme: 'light',
    rules: RULES,
    variables: { colorPrimary: '#7a1fa2', fontFamily: 'serif' },
  },
} as const;

let key = '';
test.beforeAll(async ({ merchant }) => {
  test.setTimeout(90_000);
  key = await grantingKey(merchant.deployment);
});

const kept = () => ({ shown: SHEET, grantKey: key });

// One of them each time: right to left, narrow, with what overlaps most.
test('looks as it did: flat, Arabic, 320', async ({ page, merchant }) => {
  test.slow();
  const wish = { ...kept(), appearance: LOOKS.flat, locale: 'ar', width: 320, dark: false };
  const release = await openSheet(page, merchant, wish);
  const isCompared = await compareSheet(page, 'flat-ar-320', await shoot(page));
  // Nothing is cut off: what a frame holds is as wide and as high as the frame.
  expect(await spills(page)).toStrictEqual([]);
  if (isCompared) {
    // A change that an eye could miss is found.
    await page
      .frameLocator('#sheet-3-0 iframe')
      .locator('#message')
      .evaluate((message) => message.style.setProperty('color', '#8a1c1c'));
    expect(await shoot(page)).not.toMatchSnapshot('flat-ar-320.png', SAME);
  }
  release();
});

for (const locale of ['en', 'de', 'ar', 'ja'])
  for (const width of [320, 1328])
    test(`looks as it did, ${Object.keys(LOOKS).join(', ')}: ${locale}, ${width}`, {
      tag: '@full',
    }, async ({ page, merchant }) => {
      test.setTimeout(600_000);
      const wish = { ...kept(), appearance: LOOKS.light, locale, width, dark: false };
      const release = await openSheet(page, merchant, wish);
      for (const [look, appearance] of Object.entries(LOOKS)) {
        await wear(page, appearance, look === 'dark');
        await compareSheet(page, `${look}-${locale}-${width}`, await shoot(page));
        expect.soft(await spills(page), look).toStrictEqual([]);
      }
      release();
    });
