import type { Locator, Page } from '@playwright/test';
import { saw } from '../support/attack.ts';
import { fieldFrames, honestPage } from '../support/honest-page.ts';
import { expect, openCard, test, tokenize, typeCard } from '../support/merchant.ts';

const PAPER = [26, 51, 85] as const;
const style = (scheme: string) =>
  `<style>:root { color-scheme: ${scheme}; background: rgb(${PAPER.join(' ')}) }</style>`;

/** The colour of one point of what is on the screen, as the browser painted it. */
async function colourAt(page: Page, { x, y }: { x: number; y: number }): Promise<number[]> {
  const shot = await page.screenshot({ clip: { x, y, width: 1, height: 1 } });
  return page.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context?.drawImage(image, 0, 0);
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
  }, shot.toString('base64'));
}

/** A corner of the frame and the middle of its last line, where nothing of ours is painted. */
async function bareColours(page: Page, frame: Locator): Promise<number[][]> {
  const box = await frame.boundingBox();
  if (!box) throw new Error('the frame is not laid out');
  const corner = { x: Math.ceil(box.x) + 1, y: Math.ceil(box.y) + 1 };
  const line = { x: box.x + box.width / 2, y: Math.floor(box.y + box.height) - 6 };
  return [await colourAt(page, corner), await colourAt(page, line)];
}

const innerScheme = (page: Page) =>
  fieldFrames(page)[0]?.evaluate(() => {
    const { colorScheme } = getComputedStyle(document.documentElement);
    return `${colorScheme} ${document.documentElement.dataset['theme']}`;
  });

for (const scheme of ['dark', 'light'] as const) {
  test(`is transparent on a ${scheme} page and takes its scheme`, async ({ page, merchant }) => {
    await openCard(page, honestPage(merchant, { head: style(scheme) }));
    const frame = page.locator('#card iframe');
    expect(await innerScheme(page)).toBe(`${scheme} ${scheme}`);
    expect(await bareColours(page, frame)).toStrictEqual([PAPER, PAPER]);
    await typeCard(page);
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);

    // A frame of the other scheme is painted opaque: what the pixels above would have shown.
    const other = scheme === 'dark' ? 'light' : 'dark';
    await frame.evaluate((iframe, wrong) => {
      if (iframe instanceof HTMLElement) iframe.style.setProperty('color-scheme', wrong);
    }, other);
    await expect.poll(async () => (await bareColours(page, frame))[0]).not.toStrictEqual(PAPER);
    saw(`2 bare points of the frame have the page's colour; with the other scheme they have not`);
  });
}

// Over BiDi, Firefox cannot be told what its reader prefers.
test('follows the reader where the page takes either scheme, and no page that takes none', {
  tag: '@chromium',
}, async ({ page, merchant }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  expect(dark).toBe(true);
  await openCard(page, honestPage(merchant, { head: style('light dark') }));
  expect(await innerScheme(page)).toBe('dark dark');
  expect((await bareColours(page, page.locator('#card iframe')))[0]).toStrictEqual(PAPER);
  await openCard(page, honestPage(merchant, {}));
  expect(await innerScheme(page)).toBe('light light');
  expect((await bareColours(page, page.locator('#card iframe')))[0]).toStrictEqual([255, 255, 255]);
});

test('keeps digits left to right on a page that is not, and its hidden frame out of the way', async ({
  page,
  merchant,
}) => {
  const head = '<script>document.documentElement.dir = "rtl";</script>';
  const frame = await openCard(page, honestPage(merchant, { head }));
  await typeCard(page);
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('4242 4242 4242 4242');
  for (const purpose of ['cc-number', 'cc-exp', 'cc-csc']) {
    const input = frame.locator(`[autocomplete=${purpose}]`);
    expect(await input.evaluate((element) => getComputedStyle(element).direction)).toBe('ltr');
  }
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
  // On such a page what lies to the left of it can be scrolled to.
  const [scrollable, wide] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  saw(`${scrollable} px to scroll in, ${wide} px wide`);
  expect(scrollable).toBe(wide);
});
