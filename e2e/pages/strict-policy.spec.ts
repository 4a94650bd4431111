import type { Page } from '@playwright/test';
import { saw } from '../support/attack.ts';
import { honestPage } from '../support/honest-page.ts';
import { expect, type Merchant, openCard, test, tokenize, typeCard } from '../support/merchant.ts';

const NONCE = 'c3RyaWN0LXBvbGljeQ';

/** As strict as a page can be that still has a card in it. */
function policy({ deployment }: Merchant): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${NONCE}'`,
    "style-src 'none'",
    "connect-src 'self'",
    `frame-src ${deployment.fieldsOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Writes down what any document of the page is refused, ours included. */
async function witnessViolations(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener('securitypolicyviolation', (event) => {
      // Asked for by the browser itself, whatever the page holds.
      if (event.blockedURI.endsWith('/favicon.ico')) return;
      violations.push(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
}

async function violations(page: Page): Promise<string[]> {
  const read = () => Reflect.get(window, 'violations');
  const all = await Promise.all(page.frames().map((frame) => frame.evaluate(read)));
  return all.flat();
}

test('works under a policy of nonces, no style and no trusted types, with no violation', async ({
  page,
  merchant,
}) => {
  await witnessViolations(page);
  const headers = { 'content-security-policy': policy(merchant) };
  const frame = await openCard(page, honestPage(merchant, { nonce: NONCE, headers }));
  await frame.locator('[autocomplete=cc-number]').click();
  await page.keyboard.type('4242424242424241');
  await frame.locator('[autocomplete=cc-exp]').click();
  await expect(frame.getByRole('status')).not.toBeEmpty();
  await page.evaluate(() => Reflect.get(window, 'card').clear());
  await expect(frame.locator('[autocomplete=cc-number]')).toHaveValue('');
  await typeCard(page);
  expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
  await expect.poll(() => page.frames().length).toBe(3);
  expect(await violations(page)).toStrictEqual([]);

  // The policy was on, and it would have been seen: each of these is refused and written down.
  await page.evaluate(async () => {
    document.body.setAttribute('style', 'color: red');
    try {
      document.body.insertAdjacentHTML('beforeend', '<p></p>');
    } catch {}
    const image = document.createElement('img');
    image.src = '/elsewhere.png';
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
  const seen = (await violations(page)).map((line) => line.slice(0, line.indexOf(' ')));
  expect(new Set(seen)).toStrictEqual(
    new Set(['style-src-attr', 'require-trusted-types-for', 'img-src']),
  );
  saw(`0 violations in 3 documents; ${seen.length} of 3 controls seen`);
});

test('says which policy keeps its frames out, and throws nothing at the page', async ({
  page,
  merchant,
}) => {
  await witnessViolations(page);
  const { fieldsOrigin } = merchant.deployment;
  const headers = {
    'content-security-policy': `frame-src 'none'; script-src ${fieldsOrigin} 'nonce-${NONCE}'`,
  };
  await page.goto(honestPage(merchant, { nonce: NONCE, headers }));
  const error = await page.evaluate(() =>
    Reflect.get(window, 'ready').then(
      () => 'ready',
      ({ type, code }: { type: string; code: string }) => `${type} ${code}`,
    ),
  );
  expect(error).toBe('load_error frame_blocked_csp');
  expect((await page.evaluate(() => Reflect.get(window, 'violations'))).length).toBeGreaterThan(0);
});
