import { saw } from '../support/attack.ts';
import { honestPage } from '../support/honest-page.ts';
import { VISA } from '../support/cards.ts';
import { expect, openCard, test, tokenize, typeCard, valuesIn } from '../support/merchant.ts';

for (const embedder of ['require-corp', 'credentialless'] as const) {
  test(`works on a page that is isolated by ${embedder}, where the browser knows that policy`, async ({
    page,
    merchant,
    browserName,
  }) => {
    test.skip(
      embedder === 'credentialless' && browserName === 'webkit',
      'WebKit knows no credentialless embedder policy and leaves such a page unisolated',
    );
    const headers = {
      'cross-origin-embedder-policy': embedder,
      'cross-origin-opener-policy': 'same-origin',
    };
    const frame = await openCard(page, honestPage(merchant, { headers }));
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    if (browserName === 'firefox') {
      // Isolation gives the frame a process of its own, where keys sent over BiDi do not arrive.
      await frame.locator('[autocomplete=cc-number]').fill(VISA.number);
      await frame.locator('[autocomplete=cc-exp]').fill(VISA.expiry);
      await frame.locator('[autocomplete=cc-csc]').fill(VISA.cvc);
    } else await typeCard(page);
    expect((await valuesIn(page))[0]).toBe('4242 4242 4242 4242');
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);

    // The policy is on: what does not opt in is refused by one, and stripped of cookies by the other.
    const foreign = `${merchant.origin.replace('localhost', '127.0.0.1')}/no-opt-in`;
    merchant.pages.set('/no-opt-in', '');
    const answer = await page.evaluate(
      (url) =>
        fetch(url, { mode: 'no-cors' }).then(
          ({ type }) => type,
          () => 'refused',
        ),
      foreign,
    );
    expect(answer).toBe(embedder === 'require-corp' ? 'refused' : 'opaque');
    saw(`crossOriginIsolated, one token; a stranger without opt-in is ${answer}`);
  });
}
