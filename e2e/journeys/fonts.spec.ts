import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator, Page } from '@playwright/test';
import { openCardWith, updateCard, warningsOf } from '../support/honest-page.ts';
import { expect, type Merchant, test as base, withMerchant } from '../support/merchant.ts';

const FONT = createRequire(import.meta.url).resolve(
  '@fontsource/vt323/files/vt323-latin-400-normal.woff2',
);

/** A merchant whose operator hosts fonts, one of them broken. */
const test = base.extend<object, { hosted: Merchant }>({
  hosted: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'hushfield-fonts-'));
      cpSync(FONT, join(folder, 'a.woff2'));
      writeFileSync(join(folder, 'b.woff2'), 'wOF2 and nothing more');
      const fonts = { 'Old Terminal': [{ file: 'a.woff2' }], Broken: [{ file: 'b.woff2' }] };
      writeFileSync(join(folder, 'fonts.json'), JSON.stringify(fonts));
      await withMerchant(use, { FONTS_DIR: folder });
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

const widthOf = (frame: FrameLocator, family?: string) =>
  frame.locator('[autocomplete=cc-number]').evaluate((input, named) => {
    const pen = new OffscreenCanvas(1, 1).getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.font = `16px ${named ?? getComputedStyle(input).fontFamily}`;
    return pen.measureText('4242 4242').width;
  }, family);
const named = (family: string) => ({ appearance: { variables: { fontFamily: family } } });
const filesAsked = (page: Page) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  return () => asked.filter((path) => path.endsWith('.woff2')).length;
};

test('draws a font that the operator hosts, fetched before anything is typed', async ({
  page,
  hosted,
}) => {
  const files = filesAsked(page);
  const frame = await openCardWith(page, hosted, named('Old Terminal'));
  await expect.poll(files).toBe(1);
  const isDrawn = () =>
    frame.locator('html').evaluate(() => document.fonts.check('16px "Old Terminal"', '4'));
  await expect.poll(isDrawn).toBe(true);
  expect(await widthOf(frame)).not.toBe(await widthOf(frame, 'system-ui'));
  await frame.locator('[autocomplete=cc-number]').fill('4242424242424242');
  expect(files()).toBe(1);
  expect(await warningsOf(page)).toStrictEqual([]);
  await updateCard(page, named('system'));
  expect(await widthOf(frame)).toBe(await widthOf(frame, 'system-ui'));
});

for (const [what, family] of [
  ['a font that nobody hosts', 'DejaVu Sans Mono'],
  ['a font whose file is broken', 'Broken'],
] as const)
  test(`attacks: keeps the system's letters for ${what}, installed or not, and says so`, async ({
    page,
    hosted,
  }) => {
    const frame = await openCardWith(page, hosted, named(family));
    await expect.poll(() => warningsOf(page)).toContain('font_failed');
    expect(await widthOf(frame)).toBe(await widthOf(frame, 'system-ui, sans-serif'));
  });
