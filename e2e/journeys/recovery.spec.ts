import type { Page } from '@playwright/test';
import { VISA } from '../support/cards.ts';
import {
  cardFrame,
  expect,
  type Merchant,
  openCard,
  test,
  tokenize,
  typeCard,
  valuesIn,
} from '../support/merchant.ts';

/** What an element that has gone would be waited for is two seconds: well below that. */
const AT_ONCE_MS = 1_500;
const TYPED = ['4242 4242 4242 4242', expect.stringMatching(/^12 ?\/ ?\d\d$/), '123'];

async function openTyped(page: Page, merchant: Merchant): Promise<void> {
  await openCard(page, merchant.cardPage());
  await typeCard(page);
  await expect.poll(() => valuesIn(page)).toStrictEqual(TYPED);
}

/** Pays, and says how long the page waited for it. */
function timedTokenize(page: Page): Promise<{ id: string | undefined; ms: number }> {
  return page.evaluate(async () => {
    const start = performance.now();
    const { token, error } = await Reflect.get(window, 'elements').tokenize();
    return { id: token?.id ?? error.code, ms: performance.now() - start };
  });
}

const PAID = { id: expect.stringMatching(/^tok_test_/), ms: expect.any(Number) };

test('pays at once when the page has removed the controller', async ({ page, merchant }) => {
  await openTyped(page, merchant);
  const controller = page.locator('iframe[name^=hushfield-]');
  await expect(controller).toHaveCount(1);
  await page.waitForTimeout(1_000);
  await controller.evaluate((frame) => frame.remove());
  const paid = await timedTokenize(page);
  expect(paid).toStrictEqual(PAID);
  expect(paid.ms).toBeLessThan(AT_ONCE_MS);
});

test('is not slowed by an element that has gone', async ({ page, merchant }) => {
  await openCard(page, merchant.cardPage({ body: '<div id="code"></div>' }));
  await page.evaluate(async () => {
    const code = Reflect.get(window, 'elements').create('cardCvc');
    await code.mount('#code');
    // Long enough to have joined the controller, which then remembers it.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    code.destroy();
  });
  await typeCard(page);
  const paid = await timedTokenize(page);
  expect(paid).toStrictEqual(PAID);
  expect(paid.ms).toBeLessThan(AT_ONCE_MS);
});

test('mounts anew in a container that the page has emptied', async ({ page, merchant }) => {
  await openTyped(page, merchant);
  await page.evaluate(async () => {
    document.querySelector('#card')?.replaceChildren();
    await Reflect.get(window, 'card').mount('#card');
  });
  await expect(page.locator('#card iframe')).toHaveCount(1);
  expect(await valuesIn(page)).toStrictEqual(['', '', '']);
  await typeCard(page);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('sends nothing and keeps the card when aborted right after the call', async ({
  page,
  merchant,
}) => {
  await openTyped(page, merchant);
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.url());
  });
  const code = await page.evaluate(async () => {
    const abort = new AbortController();
    const answer = Reflect.get(window, 'elements').tokenize({ signal: abort.signal });
    abort.abort();
    return (await answer).error?.code;
  });
  expect(code).toBe('aborted');
  await page.waitForTimeout(500);
  expect(sent).toStrictEqual([]);
  expect(await valuesIn(page)).toStrictEqual(TYPED);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('pays more often in one document than a ticket allows', async ({ page, merchant }) => {
  test.setTimeout(90_000);
  const frame = await openCard(page, merchant.cardPage());
  let documents = 0;
  page.on('framenavigated', (navigated) => {
    if (navigated.url().includes('/controller')) documents += 1;
  });
  for (let payment = 1; payment <= 23; payment += 1) {
    await frame.locator('[autocomplete=cc-number]').fill(VISA.number);
    await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
    await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
    const { token, error } = await tokenize(page);
    expect({ payment, paid: token !== undefined, error }).toStrictEqual({
      payment,
      paid: true,
      error: undefined,
    });
    await expect.poll(() => valuesIn(page)).toStrictEqual(['', '', '']);
  }
  // Positive control: the ticket did run out.
  expect(documents).toBeGreaterThanOrEqual(1);
});

test('mounts under a policy that would block the frame but only reports', async ({
  page,
  merchant,
}) => {
  const prelude = `window.reports = [];
    addEventListener('securitypolicyviolation', (event) => reports.push(event.disposition));`;
  const headers = { 'content-security-policy-report-only': "frame-src 'none'" };
  await openCard(page, merchant.cardPage({ prelude, headers }));
  // Positive control: the policy did speak.
  await expect.poll(() => page.evaluate(() => Reflect.get(window, 'reports'))).toContain('report');
  await typeCard(page);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
});

test('loses no change to an update in the same tick', async ({ page, merchant }) => {
  await openCard(page, merchant.cardPage());
  await page.evaluate(() => {
    const seen: boolean[] = [];
    Reflect.set(window, 'seen', seen);
    Reflect.get(window, 'card').on('change', ({ empty }: { empty: boolean }) => seen.push(empty));
  });
  const number = cardFrame(page).locator('[autocomplete=cc-number]');
  await number.click();
  // The focus has been told: what is left to tell is the change alone.
  await page.waitForTimeout(300);
  for (const [round, text] of ['4', '', '5'].entries()) {
    await page.keyboard.press(text === '' ? 'Backspace' : text);
    await page.evaluate(
      (label) => Reflect.get(window, 'card').update({ labels: { number: label } }),
      `Card ${round}`,
    );
    const empty = text === '';
    await expect
      .poll(() => page.evaluate(() => Reflect.get(window, 'card').getState().empty))
      .toBe(empty);
    await expect(number).toHaveValue(text);
  }
  expect(await page.evaluate(() => Reflect.get(window, 'seen').join())).toMatch(
    /^false(,false)*,true(,true)*,false(,false)*$/,
  );
});

test('tells a change that comes with the focus moving on', async ({ page, merchant }) => {
  await openCard(page, merchant.cardPage());
  await page.evaluate(() => {
    type State = { fields: { number: { valid: boolean } }; networks: string[] };
    const told = { valid: [] as boolean[], networks: [] as string[] };
    Reflect.set(window, 'told', told);
    const card = Reflect.get(window, 'card');
    card.on('change', ({ fields }: State) => told.valid.push(fields.number.valid));
    card.on('networkschange', ({ networks }: State) => told.networks.push(...networks));
  });
  await cardFrame(page).locator('[autocomplete=cc-number]').click();
  // Valid by leaving, which is the very same tick.
  await page.keyboard.type(VISA.number);
  await expect
    .poll(() => page.evaluate(() => Reflect.get(window, 'told')))
    .toStrictEqual({ valid: expect.arrayContaining([true]), networks: ['visa'] });
});
