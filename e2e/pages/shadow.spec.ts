import { saw } from '../support/attack.ts';
import { controllerFrames, fieldFrames, honestPage, typeInto } from '../support/honest-page.ts';
import { expect, openCard, test, tokenize } from '../support/merchant.ts';

const EVENTS = ['ready', 'focus', 'change', 'blur'];

type Heard = { readonly type: string };

/** A checkout as a web component: two roots deep, the inner one holds the container. */
const component = (mode: 'open' | 'closed') => `
  window.heard = [];
  for (const type of ${JSON.stringify(EVENTS)}) {
    document.addEventListener('hushfield:' + type, (event) => {
      const { composed, bubbles, target } = event;
      heard.push({ type, composed, bubbles, at: target.localName, keys: Object.keys(event.detail) });
    });
  }
  const inside = (host) => host.attachShadow({ mode: '${mode}' });
  const outer = inside(document.querySelector('shop-checkout'));
  const middle = document.createElement('shop-card');
  outer.append(middle);
  const inner = inside(middle);
  window.box = document.createElement('div');
  inner.append(box);
  window.elements = Hushfield(KEY).elements();
  window.card = elements.create('card');
  window.ready = card.mount(box);
  ready.catch(() => {});`;

for (const mode of ['open', 'closed'] as const) {
  test(`works inside ${mode} shadow roots, and its events leave them`, async ({
    page,
    merchant,
  }) => {
    const body = '<shop-checkout></shop-checkout>';
    await openCard(page, honestPage(merchant, { script: component(mode), body }));
    const [frame] = fieldFrames(page);
    await typeInto(frame);
    await expect
      .poll(() => page.evaluate(() => Reflect.get(window, 'box').className))
      .toContain('hushfield--complete');
    // A driver may type the whole card within one tick, between which nothing is told: so leave it too.
    await page.keyboard.press('Tab');
    const hear = (): Promise<Heard[]> => page.evaluate(() => Reflect.get(window, 'heard'));
    for (const type of EVENTS) {
      await expect.poll(async () => (await hear()).map((event) => event.type)).toContain(type);
    }
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);

    const heard = await hear();
    for (const event of heard) {
      expect(event).toMatchObject({ composed: true, bubbles: true, at: 'shop-checkout' });
    }
    // The controller stands in the document itself, where the field can find it by name.
    expect(fieldFrames(page).length).toBe(1);
    expect(controllerFrames(page).length).toBe(1);
    expect(await page.evaluate(() => document.querySelectorAll('body > iframe').length)).toBe(1);
    await page.evaluate(() => Reflect.get(window, 'elements').destroy());
    await expect.poll(() => page.frames().length).toBe(1);
    saw(`one token; ${heard.length} composed events at the host`);
  });
}
