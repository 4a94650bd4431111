import type { FrameLocator, Locator, Page } from '@playwright/test';
import { readToken } from '../support/backend.ts';
import { VISA } from '../support/cards.ts';
import { expect, type Merchant, openCard, test, tokenize, typeCard } from '../support/merchant.ts';

/** From the keys to the script; sooner, a field takes the loss of its focus for a theft. */
const HAND_MS = 450;

/** A page for a shopper whose card is saved: an element for its code, and what else it has mounted. */
function codePage({ pages, deployment, origin }: Merchant, others: readonly string[] = []): string {
  const path = `/saved-${others.join('-')}`;
  const mounts = ['cardCvc', ...others].map(
    (type) => `elements.create('${type}').mount('#${type}')`,
  );
  pages.set(
    path,
    `<script src="${deployment.fieldsOrigin}/sdk/v1/hushfield.js" crossorigin></script>`,
    `${['cardCvc', ...others].map((type) => `<div id="${type}"></div>`).join('')}
     <script>
       window.elements = Hushfield('${deployment.keys.publishableKey}').elements();
       window.ready = Promise.all([${mounts.join(', ')}]);
     </script>`,
  );
  return `${origin}${path}`;
}

const codeFrame = (page: Page): FrameLocator =>
  page.frameLocator('iframe[title="Secure field: Security code"]');
const codeInput = (page: Page): Locator => codeFrame(page).locator('[autocomplete=cc-csc]');

/** What `elements.tokenize({ token, fields: ['cvc'] })` answers in the page. */
function collect(page: Page, token: string, fields: unknown = ['cvc']): Promise<unknown> {
  return page.evaluate(
    ([id, names]) => Reflect.get(window, 'elements').tokenize({ token: id, fields: names }),
    [token, fields] as const,
  );
}

async function type(page: Page, code: string): Promise<void> {
  await codeInput(page).fill('');
  await codeInput(page).click();
  await page.keyboard.type(code);
  await page.waitForTimeout(HAND_MS);
}

/** Bytes of each message to the vault and of its answer. */
function sizesOn(page: Page): { sent: Set<number>; received: Promise<number>[] } {
  const sent = new Set<number>();
  const received: Promise<number>[] = [];
  page.on('response', (response) => {
    const request = response.request();
    if (request.method() !== 'POST' || !request.url().endsWith('/v1/tokenize')) return;
    sent.add(request.postData()?.length ?? 0);
    received.push(response.body().then((body) => body.length));
  });
  return { sent, received };
}

test('pays, and collects the security code again on another page', async ({ page, merchant }) => {
  const { deployment } = merchant;
  const { sent, received } = sizesOn(page);
  await openCard(page, merchant.cardPage());
  await typeCard(page);
  await page.waitForTimeout(HAND_MS);
  const { token } = await tokenize(page);
  const id = token?.id ?? '';
  const first = await readToken(deployment, id);
  expect(first.body).toMatchObject({ card: { cvcCollected: true } });

  await openCard(page, codePage(merchant));
  expect(await collect(page, id)).toMatchObject({
    error: { code: 'incomplete_cvc', field: 'cvc' },
  });
  await expect(codeInput(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(codeFrame(page).getByRole('status')).toHaveText(/security code/i);

  // As long as a code of some brand's, and only the vault knows which one this card is of.
  await type(page, '1234');
  await expect(codeInput(page)).toHaveAttribute('aria-invalid', 'false');
  expect(await collect(page, id)).toMatchObject({ error: { code: 'invalid_cvc', field: 'cvc' } });
  await expect(codeInput(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(codeInput(page)).toHaveValue('1234');

  await type(page, '321');
  const collected = { id, object: 'token', cvcCollected: true };
  expect(await collect(page, id)).toStrictEqual({ token: collected });
  await expect(codeInput(page)).toHaveValue('');
  const again = await readToken(deployment, id);
  expect(String(again.body['cvcExpiresAt']) > String(first.body['cvcExpiresAt'])).toBe(true);

  // Nobody on the way can tell a card from a code, nor a stored code from a refused one.
  expect([sent.size, new Set(await Promise.all(received)).size]).toStrictEqual([1, 1]);
  expect(received).toHaveLength(3);
});

test('leaves other inputs alone, and says not_found of nobody’s card', async ({
  page,
  merchant,
}) => {
  await openCard(page, codePage(merchant, ['cardNumber', 'cardExpiry']));
  const number = page
    .frameLocator('iframe[title="Secure field: Card number"]')
    .locator('[autocomplete=cc-number]');
  await number.click();
  await page.keyboard.type('42424');
  await page.waitForTimeout(HAND_MS);
  await type(page, VISA.cvc);
  const nobodys = `tok_test_${'a'.repeat(28)}`;
  expect(await collect(page, nobodys)).toMatchObject({ error: { code: 'not_found' } });
  await expect(number).toHaveValue('4242 4');
  const expiry = page
    .frameLocator('iframe[title="Secure field: Expiry date"]')
    .locator('[autocomplete=cc-exp]');
  await expect(expiry).toHaveAttribute('aria-invalid', 'false');
  await expect(codeInput(page)).toHaveValue(VISA.cvc);

  for (const fields of [null, [], ['number'], ['cvc', 'number'], 'cvc']) {
    await expect(collect(page, nobodys, fields)).rejects.toThrow('token or fields');
  }
  for (const token of ['', 'tok_test_x', nobodys.replace('test', 'best')]) {
    await expect(collect(page, token)).rejects.toThrow('token or fields');
  }
});

test('gives two calls their turns, and an abort ends the one it is for', async ({
  page,
  merchant,
}) => {
  await openCard(page, codePage(merchant, ['cardNumber', 'cardExpiry']));
  const number = page
    .frameLocator('iframe[title="Secure field: Card number"]')
    .locator('[autocomplete=cc-number]');
  const expiry = page
    .frameLocator('iframe[title="Secure field: Expiry date"]')
    .locator('[autocomplete=cc-exp]');
  await number.fill(VISA.number);
  await expiry.fill(VISA.expiry);
  await codeInput(page).fill(VISA.cvc);
  const both = (abort: boolean) =>
    page.evaluate(async (aborts) => {
      const elements = Reflect.get(window, 'elements');
      const controller = new AbortController();
      const token = `tok_test_${'a'.repeat(28)}`;
      const code = { token, fields: ['cvc'], signal: controller.signal };
      const calls = [elements.tokenize(code), elements.tokenize()];
      if (aborts) controller.abort();
      const answers: { token?: object; error?: { code: string } }[] = await Promise.all(calls);
      return answers.map(({ error }) => error?.code ?? 'token');
    }, abort);
  expect(await both(false)).toStrictEqual(['not_found', 'token']);
  await number.fill(VISA.number);
  await expiry.fill(VISA.expiry);
  await codeInput(page).fill(VISA.cvc);
  expect(await both(true)).toStrictEqual(['aborted', 'token']);
});

test('hears an abort while its connection is still loading', async ({ page, merchant }) => {
  await page.route('**/controller*', () => {});
  await openCard(page, codePage(merchant));
  await codeInput(page).fill(VISA.cvc);
  const [code, ms] = await page.evaluate(async () => {
    const controller = new AbortController();
    const from = performance.now();
    setTimeout(() => controller.abort(), 100);
    const token = `tok_test_${'a'.repeat(28)}`;
    const { error } = await Reflect.get(window, 'elements').tokenize({
      ...{ token, fields: ['cvc'], signal: controller.signal },
    });
    return [error.code, performance.now() - from];
  });
  expect(code).toBe('aborted');
  expect(ms).toBeLessThan(2_000);
});
