import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { inFewColours } from './palette-png.ts';

const E2E = join(import.meta.dirname, '..');
const KEPT = join(E2E, 'sheets');
const MACHINE = join(KEPT, 'machine.json');
const SEEN = join(E2E, '../.reports/sheets');
/** Where Playwright looks for them; see `snapshotPathTemplate`. */
const UNPACKED = join(SEEN, 'kept');
/** The window is wide, and more effort than this finds nothing more. */
const PACKING = {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
  },
};

/** What counts as the same: sixteen steps of grey per pixel, which few colours cost, and a dozen pixels beyond that. */
export const SAME = { threshold: 0.06, maxDiffPixels: 12 };

/** Letters of every script and font that sheets are set in. */
const LETTERS = ['Ångström 0123', 'قم البطاقة', 'カード番号 有効期限', 'כרטיס', '••••'];

/** What decides how letters look here: the browser's version, and the letters themselves. */
async function machineOf(page: Page): Promise<string> {
  const drawn = await page.evaluate((letters) => {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    for (const [row, text] of letters.entries())
      for (const [column, font] of ['system-ui', 'serif', 'sans-serif'].entries()) {
        if (context) context.font = `16px ${font}`;
        context?.fillText(text, column * 100, 20 + row * 24, 96);
      }
    return canvas.toDataURL();
  }, LETTERS);
  const letters = createHash('sha256').update(drawn).digest('hex').slice(0, 32);
  const chromium = page.context().browser()?.version().split('.')[0];
  return `${JSON.stringify({ chromium, letters }, undefined, 2)}\n`;
}

/** A picture of the whole sheet, when two in a row are the same. */
export async function shoot(page: Page): Promise<Buffer> {
  const width = page.viewportSize()?.width ?? 0;
  const height = await page.evaluate(() =>
    Math.ceil(document.body.getBoundingClientRect().bottom + 16),
  );
  const clip = { x: 0, y: 0, width, height };
  let before: Buffer = Buffer.alloc(0);
  for (let round = 0; round < 8; round += 1) {
    const now = await page.screenshot({ clip, animations: 'disabled' });
    if (now.equals(before)) return now;
    before = now;
    await page.waitForTimeout(300);
  }
  throw new Error('the sheet does not come to rest');
}

const packed = (name: string) => join(KEPT, `${name}.png.br`);

function renew(name: string, shot: Buffer, machine: string): void {
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(packed(name), brotliCompressSync(inFewColours(shot), PACKING));
  writeFileSync(MACHINE, machine);
}

/**
 * Compares a sheet with the one that is kept, or keeps it where Playwright was told to update snapshots.
 *
 * @returns whether there is one to compare with: letters look different with other fonts and browsers.
 */
export async function compareSheet(page: Page, name: string, shot: Buffer): Promise<boolean> {
  mkdirSync(UNPACKED, { recursive: true });
  writeFileSync(join(SEEN, `${name}.png`), shot);
  const machine = await machineOf(page);
  const { updateSnapshots } = test.info().config;
  if (['all', 'changed'].includes(updateSnapshots)) {
    renew(name, shot, machine);
    return false;
  }
  const kept = existsSync(MACHINE) ? readFileSync(MACHINE, 'utf8') : '';
  if (kept !== machine) {
    console.warn(`sheet ${name}: not compared, fonts or browser differ from those of the kept one`);
    return false;
  }
  expect(existsSync(packed(name)), 'there is one to compare with').toBe(true);
  writeFileSync(join(UNPACKED, `${name}.png`), brotliDecompressSync(readFileSync(packed(name))));
  expect.soft(shot).toMatchSnapshot(`${name}.png`, SAME);
  return true;
}
