import { Key } from 'selenium-webdriver';
import {
  boxes,
  CHECK,
  FIELDS,
  fillThere,
  mountAll,
  ROOMY,
  SEPARATE,
  whole,
  WRONG,
} from '../support/every-element.ts';
import { honestPage } from '../support/honest-page.ts';
import { FITS, measureDocument, spaceOut } from '../support/measure.ts';
import { expect, test, type Webkit } from '../support/webkit-driver.ts';

/* A part of `a11y/reach.spec.ts`, in the system's WebKit. */

const run = (webkit: Webkit, travels: (...args: never[]) => unknown, ...args: unknown[]) =>
  webkit.run(`return JSON.stringify((${String(travels)})(...${JSON.stringify(args)}) ?? null)`);

const ORDER = ['before', ...FIELDS, 'after'];
const WITNESS = `
  window.stops = [];
  addEventListener('focusin', ({ target }) => { if (target.tagName === 'BUTTON') stops.push(target.id); });
  addEventListener('hushfield:focus', ({ detail }) => stops.push(detail.field));`;

for (const [layout, shown] of [
  ['row', [whole()]],
  ['separate', SEPARATE],
] as const) {
  test(`leads the keyboard through the inputs and on, and back (${layout})`, async ({
    webkit,
    merchant,
  }) => {
    const body = `<button id="before">before</button>${boxes(shown)}<button id="after">after</button>`;
    const url = honestPage(merchant, { script: WITNESS + mountAll(shown), body });
    expect(await webkit.open(url)).toBe('ready');
    const walk = async (keys: string[]) => {
      for (let step = 1; step < ORDER.length; step += 1) {
        const hands = webkit.driver.actions({ async: true });
        for (const key of keys) hands.keyDown(key);
        for (const key of keys.toReversed()) hands.keyUp(key);
        await hands.pause(160).perform();
      }
      return JSON.parse(String(await webkit.run('return JSON.stringify(stops.splice(0))')));
    };
    await (await webkit.one('#before')).click();
    await webkit.run(`document.querySelector('#before').focus()`);
    expect(await walk([Key.TAB])).toStrictEqual(ORDER);
    expect(await walk([Key.SHIFT, Key.TAB])).toStrictEqual(ORDER.toReversed().slice(1));
  });
}

for (const width of [288, 608]) {
  test(`loses nothing in ${width} px, with everything wrong`, async ({ webkit, merchant }) => {
    const body = `<div style="width: ${width}px">${boxes(ROOMY)}</div>`;
    expect(await webkit.open(honestPage(merchant, { script: mountAll(ROOMY, 'de'), body }))).toBe(
      'ready',
    );
    const frames = await webkit.all('[id^=box-] iframe');
    expect(frames).toHaveLength(ROOMY.length);
    for (const frame of frames) await webkit.inside(frame, () => run(webkit, fillThere, WRONG));
    await webkit.run(`return ${CHECK}`);
    const fits = JSON.stringify({ lang: 'de', ...FITS });
    for (const [index, frame] of frames.entries()) {
      const measure = (texts: boolean) => () =>
        webkit.inside(frame, () => run(webkit, measureDocument, texts));
      await expect.poll(measure(true), JSON.stringify(ROOMY[index])).toBe(fits);
      await webkit.inside(frame, () => run(webkit, spaceOut));
      await expect.poll(measure(false), JSON.stringify(ROOMY[index])).toBe(fits);
    }
  });
}
