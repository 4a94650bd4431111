import type { Page } from '@playwright/test';
import { expect, openCard, test, tokenize, typeCard } from '../support/merchant.ts';

/** Runs in the page, over `elements`, `card` and `one`, a controller that aborts. */
function run<T>(page: Page, script: string): Promise<T> {
  return page.evaluate(
    `(async () => { const { elements, card } = window; const one = new AbortController(); ${script} })()`,
  );
}
const CODE = `(answer) => answer.error?.code ?? 'token'`;

test.beforeEach(async ({ page, merchant }) => {
  await openCard(page, merchant.cardPage());
});

test('ends a call by its own signal, and not by that of another who asks for the same', async ({
  page,
}) => {
  await typeCard(page);
  const codes = await run(
    page,
    `const asked = [elements.tokenize(), elements.tokenize({ signal: one.signal })];
     one.abort();
     return (await Promise.all(asked)).map(${CODE});`,
  );
  expect(codes).toStrictEqual(['token', 'aborted']);
});

test('makes one token for two callers, whichever of them leaves', async ({ page }) => {
  await typeCard(page);
  const answers = await run<{ token?: { id: string } }[]>(
    page,
    `const asked = [elements.tokenize({ signal: one.signal }), elements.tokenize(), elements.tokenize()];
     one.abort();
     return Promise.all(asked);`,
  );
  const ids = answers.map(({ token }) => token?.id);
  expect(ids[0]).toBeUndefined();
  expect(ids[1]).toMatch(/^tok_test_/);
  expect(ids[2]).toBe(ids[1]);
});

test('stops the work when the last has left, and begins anew for who comes then', async ({
  page,
}) => {
  await typeCard(page);
  const codes = await run(
    page,
    `const two = new AbortController();
     const left = [one, two].map(({ signal }) => elements.tokenize({ signal }));
     one.abort();
     two.abort();
     return (await Promise.all([...left, elements.tokenize()])).map(${CODE});`,
  );
  expect(codes).toStrictEqual(['aborted', 'aborted', 'token']);
});

test('answers no call by the session of another', async ({ page }) => {
  await typeCard(page);
  const none = `'${'a'.repeat(40)}.${'b'.repeat(86)}'`;
  const codes = await run(
    page,
    `const asked = [elements.tokenize({ session: ${none} }), elements.tokenize()];
     return (await Promise.all(asked)).map(${CODE});`,
  );
  expect(codes).toStrictEqual(['invalid_session', 'token']);
});

test('takes an element whose container the page emptied for unmounted', async ({ page }) => {
  await run(page, `document.getElementById('card').replaceChildren();`);
  expect(
    (
      await run<{ code: string }>(
        page,
        `return elements.tokenize().catch((error) => ({ code: error.code }));`,
      )
    ).code,
  ).toBe('element_not_found');
  await run(
    page,
    `window.card = elements.create('card'); return card.mount('#card').then(() => {});`.replace(
      'card.mount',
      'window.card.mount',
    ),
  );
  await typeCard(page);
  expect((await tokenize(page)).error).toBeUndefined();
});

test('pays with what is left when the page takes one element away', async ({ page }) => {
  await run(
    page,
    `const box = document.body.appendChild(document.createElement('div'));
     const name = elements.create('cardholderName');
     await name.mount(box);
     box.replaceChildren();`,
  );
  await typeCard(page);
  expect((await tokenize(page)).error).toBeUndefined();
});

test('is ready again, and says so to who mounts it again, after a document that came late', async ({
  page,
  merchant,
}) => {
  const { fieldsOrigin } = merchant.deployment;
  let isAway = true;
  await page.route(`${fieldsOrigin}/f1/**/field`, (route) =>
    isAway ? route.abort() : route.continue(),
  );
  const failed = await run(
    page,
    `card.unmount(); return card.mount('#card').catch((error) => error.code);`,
  );
  expect(failed).toBe('frame_timeout');
  isAway = false;
  const again = await run(
    page,
    `const ready = new Promise((resolve) => card.once('ready', resolve));
     const frame = document.querySelector('#card iframe');
     frame.src = frame.src.replace('#', '?l=de#');
     await ready;
     return card.mount('#card').then(() => 'ready', (error) => error.code);`,
  );
  expect(again).toBe('ready');
});

test('is ready once, and seen, wherever in its loading the page moves it', async ({ page }) => {
  const ends = await run<string[]>(
    page,
    `card.on('loaderror', ({ error }) => heard.push(error.code));
     const heard = [];
     for (const after of [0, 20, 40, 60, 80, 100, 130, 160, 200]) {
       card.unmount();
       const box = document.getElementById('card');
       const mounted = card.mount(box);
       setTimeout(() => document.body.append(box), after);
       const how = await mounted.then(() => 'ready', (error) => error.code);
       await new Promise((resolve) => setTimeout(resolve, 250));
       // Ready before it was moved, it is loaded once more.
       await card.mount(box);
       heard.push(how + ' ' + document.querySelector('#card iframe').style.display);
     }
     return heard;`,
  );
  expect(new Set(ends)).toStrictEqual(new Set(['ready block']));
  await typeCard(page);
  expect((await tokenize(page)).error).toBeUndefined();
});
