import { saw } from '../support/attack.ts';
import { honestPage } from '../support/honest-page.ts';
import { countLeaks, kept } from '../support/leak-count.ts';
import { expect, test, tokenize, typeCard } from '../support/merchant.ts';

const NOTHING = { frames: 0, channels: 0, listeners: [], unhandled: [] };

const PAGE = `
  window.elements = Hushfield(KEY).elements();
  window.card = elements.create('card');
  window.outcomes = [];
  window.begin = () => card.mount('#card').then(
    () => outcomes.push('ready'),
    ({ name, type, code }) => outcomes.push([name, type, code].join(' ')),
  );`;

/** Mounts and takes out again in every way a page does, at every moment of loading. */
async function churn(cycles: number): Promise<void> {
  const begin = Reflect.get(window, 'begin');
  const card = Reflect.get(window, 'card');
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const mounted: Promise<void> = begin();
    const kind = cycle % 8;
    if (kind === 1) await Promise.resolve();
    if (kind >= 2 && kind <= 5) await pause(kind * 7);
    if (kind === 6) await mounted;
    // A page that renders anew empties the container and never says so; the next mount finds out.
    if (kind === 5) document.querySelector('#card')?.replaceChildren();
    else card.unmount();
  }
  card.unmount();
}

for (const { cycles, tag } of [
  { cycles: 40, tag: [] },
  { cycles: 200, tag: ['@full'] },
]) {
  test(`keeps nothing after ${cycles} fast mounts and unmounts`, { tag }, async ({
    page,
    merchant,
  }) => {
    test.slow(cycles > 100);
    await countLeaks(page);
    await page.goto(honestPage(merchant, { script: PAGE }));
    expect(await kept(page)).toStrictEqual(NOTHING);
    await page.evaluate(churn, cycles);
    await expect.poll(() => page.frames().length).toBe(1);
    const after = await kept(page);
    const outcomes: string[] = await page.evaluate(() => Reflect.get(window, 'outcomes'));
    expect(outcomes.length).toBe(cycles);
    const gone = 'HushfieldError request_error aborted';
    expect(new Set(outcomes)).toStrictEqual(new Set(['ready', gone]));
    expect(after).toStrictEqual(NOTHING);

    // The books were kept: what is mounted now stands in them, works, and goes again.
    await page.evaluate(() => Reflect.get(window, 'begin')());
    await typeCard(page);
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
    const mounted = await kept(page);
    expect({ frames: mounted.frames, channels: mounted.channels }).toStrictEqual({
      frames: 4,
      channels: 4,
    });
    expect(mounted.listeners).toStrictEqual(['securitypolicyviolation', 'securitypolicyviolation']);
    await page.evaluate(() => {
      Reflect.get(window, 'elements').destroy();
      void Promise.reject('the control');
    });
    await expect.poll(async () => (await kept(page)).unhandled).toStrictEqual(['the control']);
    expect(await kept(page)).toStrictEqual({ ...NOTHING, unhandled: ['the control'] });
    const ready = outcomes.filter((outcome) => outcome === 'ready').length;
    saw(`${cycles} cycles, ${ready} ready, ${cycles - ready} typed rejections; nothing kept`);
  });
}

test('makes no unhandled rejection of a mount that nobody waited for, and one of a mistake', async ({
  page,
  merchant,
}) => {
  await countLeaks(page);
  await page.goto(honestPage(merchant, { script: PAGE }));
  await page.evaluate(() => {
    const card = Reflect.get(window, 'card');
    card.mount('#card');
    card.unmount();
    card.mount('#card');
    card.destroy();
  });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  expect((await kept(page)).unhandled).toStrictEqual([]);
  // What no event tells of must not pass in silence.
  await page.evaluate(() => void Reflect.get(window, 'elements').create('card').mount('#crad'));
  await expect.poll(async () => (await kept(page)).unhandled.length).toBe(1);
});
