import type { Frame, Page } from '@playwright/test';
import { saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { controllerFrames, fieldFrames, honestPage, typeInto } from '../support/honest-page.ts';
import { expect, type Merchant, openCard, test } from '../support/merchant.ts';

/** Two instances, as when a page and a widget on it each brought their own. */
const TWO = `
  window.groups = [Hushfield(KEY).elements(), Hushfield(KEY).elements()];
  window.ready = Promise.all(
    groups.map((group, index) => group.create('card').mount('#card-' + index)),
  );
  ready.catch(() => {});
  window.tokenizeBoth = async () => {
    const answers = await Promise.all(groups.map((group) => group.tokenize()));
    return answers.map(({ token }) => ({ id: token?.id, seen: token?.card.brand + ' ' + token?.card.last4 }));
  };`;
const BOXES = '<div id="card-0"></div><div id="card-1"></div>';
const PREFIXES = { visa: '42424242', mastercard: '55555555' } as const;

const tagOf = ({ deployment }: Merchant) =>
  `<script src="${deployment.fieldsOrigin}/sdk/v1/hushfield.js" crossorigin></script>`;

async function frameIn(page: Page, selector: string): Promise<Frame | undefined> {
  const handle = await page.locator(`${selector} iframe`).elementHandle();
  return (await handle?.contentFrame()) ?? undefined;
}

for (const tags of [1, 2] as const) {
  test(`keeps two cards apart that are tokenized at the same time (script tags: ${tags})`, async ({
    page,
    merchant,
  }) => {
    const first = `${tagOf(merchant)}<script>window.first = Hushfield;</script>`;
    const head = tags === 2 ? first : '';
    await openCard(page, honestPage(merchant, { script: TWO, body: BOXES, head }));
    if (tags === 2) expect(await page.evaluate('first === Hushfield')).toBe(true);
    const frames = [await frameIn(page, '#card-0'), await frameIn(page, '#card-1')];
    expect([fieldFrames(page).length, new Set(frames).size]).toStrictEqual([2, 2]);
    await expect.poll(() => controllerFrames(page).length).toBe(2);

    const ids = new Set<string>();
    // The brands change places in the second round: what is left of the first would show.
    for (const brands of [['visa', 'mastercard'] as const, ['mastercard', 'visa'] as const]) {
      const numbers = brands.map((brand) => canaryNumber(PREFIXES[brand]));
      for (const [index, number] of numbers.entries()) {
        await typeInto(frames[index], { ...VISA, number });
      }
      const answers = await page.evaluate(() => Reflect.get(window, 'tokenizeBoth')());
      expect(answers.map(({ seen }: { seen: string }) => seen)).toStrictEqual(
        brands.map((brand, index) => `${brand} ${numbers[index]?.slice(-4)}`),
      );
      for (const { id } of answers) ids.add(id);
    }
    expect(ids.size).toBe(4);
    saw('2 rounds of 2 tokens at a time, each of its own card');
  });
}
