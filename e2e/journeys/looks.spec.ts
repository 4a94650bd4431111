import { devices } from '@playwright/test';
import { VISA } from '../support/cards.ts';
import { expect, test } from '../support/test.ts';

const { userAgent } = devices['Pixel 7'];

test.describe('on a small phone', () => {
  test.use({
    viewport: { width: 320, height: 640 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2,
    userAgent,
  });

  for (const layout of ['card', 'separate'] as const) {
    test(`pays by tapping, with numeric keys and nothing cut off (${layout})`, async ({
      visit,
      page,
    }) => {
      const shopper = await visit(`?layout=${layout}`);
      for (const field of ['number', 'expiry', 'cvc'] as const) {
        const input = shopper.input(field);
        await expect(input).toHaveAttribute('inputmode', 'numeric');
        await input.tap();
        await page.keyboard.type(VISA[field]);
        const box = await input.boundingBox();
        expect(box && box.x >= 0 && box.x + box.width <= 320).toBe(true);
        expect(box?.height).toBeGreaterThanOrEqual(44);
        const size = await input.evaluate((element) => getComputedStyle(element).fontSize);
        expect(Number.parseFloat(size)).toBeGreaterThanOrEqual(16);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(overflow).toBeLessThanOrEqual(320);
      await shopper.payButton.tap();
      await shopper.paid();
    });
  }
});

for (const theme of ['light', 'dark'] as const) {
  test(`wears the page's ${theme} theme inside the frames`, async ({ visit }) => {
    const shopper = await visit(`?theme=${theme}`);
    const colours = await shopper.input('number').evaluate((input) => {
      const { color, backgroundColor } = getComputedStyle(input);
      return { color, backgroundColor, scheme: getComputedStyle(document.body).colorScheme };
    });
    const luminance = (colour: string) =>
      (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
    expect(colours.scheme).toContain(theme);
    const isDark = luminance(colours.backgroundColor) < luminance(colours.color);
    expect(isDark).toBe(theme === 'dark');
  });
}

for (const query of ['', '?layout=separate', '?name=1'] as const) {
  for (const width of [1280, 768, 320] as const) {
    test(`does not move while it loads or while a mistake is shown (${width} px ${query})`, async ({
      page,
      visit,
    }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.addInitScript(() => {
        if (window !== window.top) return;
        const shifts = { total: 0 };
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          // A browser may paint a page half parsed; what moves then is not what is tested here.
          const [page] = performance.getEntriesByType('navigation');
          const parsed = Number(Reflect.get(page ?? {}, 'domContentLoadedEventStart'));
          for (const entry of list.getEntries()) {
            if (parsed === 0 || entry.startTime < parsed) continue;
            shifts.total += Number(Reflect.get(entry, 'value'));
          }
        }).observe({ type: 'layout-shift', buffered: true });
      });
      const shopper = await visit(query);
      await shopper.type('number', '4242424242424241');
      await shopper.input('cvc').click();
      await expect(shopper.message('number')).not.toBeEmpty();
      await page.waitForTimeout(700);
      const total = await page.evaluate(() => Reflect.get(window, 'shifts').total);
      expect(total).toBeLessThan(0.01);
    });
  }
}
