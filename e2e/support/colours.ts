import type { Locator, Page } from '@playwright/test';

/** The colours of what is on the screen at an element, as the browser painted it: the commonest first. */
export async function coloursOf(page: Page, element: Locator): Promise<number[][]> {
  const shot = await element.screenshot();
  return page.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const { width, height } = image;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context?.drawImage(image, 0, 0);
    const { data = new Uint8ClampedArray() } = context?.getImageData(0, 0, width, height) ?? {};
    const counted = new Map<string, number>();
    for (let at = 0; at < data.length; at += 4) {
      const colour = [data[at], data[at + 1], data[at + 2]].join();
      counted.set(colour, (counted.get(colour) ?? 0) + 1);
    }
    return [...counted]
      .sort(([, one], [, other]) => other - one)
      .map(([colour]) => colour.split(',').map(Number));
  }, shot.toString('base64'));
}
