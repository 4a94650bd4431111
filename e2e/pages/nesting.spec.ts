import type { Frame, Page } from '@playwright/test';
import { attack, saw } from '../support/attack.ts';
import { fieldFrames, honestPage, typeInto } from '../support/honest-page.ts';
import { expect, type Merchant, test } from '../support/merchant.ts';

let serial = 0;

/** A page that holds nothing but another page. */
function around({ pages }: Merchant, origin: string, url: string): string {
  serial += 1;
  pages.set(`/around-${serial}`, '', `<iframe src="${url}" width="600" height="500"></iframe>`);
  return `${origin}/around-${serial}`;
}

/** The merchant's checkout, wherever it stands; it has run the SDK. */
async function checkoutIn(page: Page, url: string): Promise<Frame> {
  await expect.poll(() => page.frames().some((frame) => frame.url() === url)).toBe(true);
  const checkout = page.frames().find((frame) => frame.url() === url);
  if (!checkout) throw new Error('the checkout went away');
  await checkout.waitForFunction(() => 'ready' in window);
  return checkout;
}

const outcome = (checkout: Frame): Promise<string> =>
  checkout.evaluate(() =>
    Reflect.get(window, 'ready').then(
      () => 'ready',
      ({ code }: { code: string }) => code,
    ),
  );

test('works in frames within frames of the same merchant', async ({ page, merchant }) => {
  const url = honestPage(merchant, {});
  await page.goto(around(merchant, merchant.origin, around(merchant, merchant.origin, url)));
  const checkout = await checkoutIn(page, url);
  expect(await outcome(checkout)).toBe('ready');
  await typeInto(fieldFrames(page)[0]);
  const { token } = await checkout.evaluate(() => Reflect.get(window, 'elements').tokenize());
  expect(token.id).toMatch(/^tok_test_/);
});

test(
  'shows no input when a stranger stands anywhere above the checkout',
  attack(8, 'frames the registered checkout from outside, and from between two registered pages'),
  async ({ page, context, merchant }) => {
    const stranger = merchant.origin.replace('localhost', '127.0.0.1');
    const url = honestPage(merchant, {});
    const above = around(merchant, stranger, url);
    const between = around(merchant, merchant.origin, above);
    const other = await context.newPage();
    const tries = [
      { tab: page, start: above },
      { tab: other, start: between },
    ];
    const outcomes = await Promise.all(
      tries.map(async ({ tab, start }) => {
        await tab.goto(start);
        const checkout = await checkoutIn(tab, url);
        const code = await outcome(checkout);
        const counts = tab.frames().map((frame) =>
          frame
            .locator('input')
            .count()
            .catch(() => 0),
        );
        const inputs = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
        return {
          code,
          inputs,
          sdk: await checkout.evaluate(() => typeof Reflect.get(window, 'Hushfield')),
        };
      }),
    );
    for (const { code, inputs, sdk } of outcomes) {
      expect(code).toMatch(/^(frame_timeout|origin_not_allowed)$/);
      expect({ inputs, sdk }).toStrictEqual({ inputs: 0, sdk: 'function' });
    }
    await other.close();
    saw(
      `${outcomes.length} of ${tries.length} refused, 0 inputs: ${outcomes.map(({ code }) => code).join()}`,
    );
  },
);
