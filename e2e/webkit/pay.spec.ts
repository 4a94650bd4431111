import { attack, saw } from '../support/attack.ts';
import { readToken } from '../support/backend.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { typedRuns, WITNESS } from '../support/webkit-pages.ts';
import { expect, test } from '../support/webkit-driver.ts';

const KINDS = ['cardNumber', 'cardExpiry', 'cardCvc'] as const;

const SEPARATE = `
  window.elements = hushfield.elements();
  window.ready = Promise.all(${JSON.stringify(KINDS)}.map((kind) => {
    const place = document.body.appendChild(document.createElement('div'));
    return elements.create(kind).mount(place);
  }));
  ready.catch(() => {});`;

test(
  'pays with a combined element, and the page hears of changes but of no digit',
  attack([3, 15], 'the page logs every window and port message, event and DOM change of a payment'),
  async ({ webkit, merchant }) => {
    const number = canaryNumber();
    expect(await webkit.open(merchant.cardPage({ prelude: WITNESS }))).toBe('ready');
    await webkit.click(await webkit.frame(), 'cc-number');
    await webkit.type(number + VISA.expiry + VISA.cvc);
    const id = await webkit.tokenize();
    expect(id).toMatch(/^tok_test_/);
    const { body } = await readToken(merchant.deployment, id);
    expect(body).toMatchObject({ card: { last4: number.slice(-4), brand: 'visa' } });

    const seen = String(await webkit.run('return JSON.stringify(window.seen)'));
    const changes = Number(await webkit.run('return window.changes'));
    expect(changes).toBeGreaterThan(0);
    expect(typedRuns(seen, number)).toBe(0);
    // Positive control: the witness sees a digit that does reach the page.
    await webkit.run('document.body.dataset.leak = arguments[0]', number);
    await expect
      .poll(async () =>
        typedRuns(String(await webkit.run('return JSON.stringify(window.seen)')), number),
      )
      .toBeGreaterThan(0);
    saw(`a token, ${changes} change events, ${seen.length} characters of log, 0 runs of digits`);
  },
);

test(
  'pays with separate elements, whose frames meet without the page',
  attack(3, 'number, expiry and code stand in three frames of one page that logs everything'),
  async ({ webkit, merchant }) => {
    const { fieldsOrigin, keys } = merchant.deployment;
    const number = canaryNumber();
    merchant.pages.set(
      '/separate',
      `<script>${WITNESS}</script><script src="${fieldsOrigin}/sdk/v1/hushfield.js" crossorigin></script>`,
      `<script>window.hushfield = Hushfield('${keys.publishableKey}');${SEPARATE}</script>`,
    );
    expect(await webkit.open(`${merchant.origin}/separate`)).toBe('ready');
    const parts = [
      ['Secure field: Card number', 'cc-number', number],
      ['Secure field: Expiry date', 'cc-exp', VISA.expiry],
      ['Secure field: Security code', 'cc-csc', VISA.cvc],
    ] as const;
    for (const [title, autocomplete, text] of parts) {
      await webkit.click(await webkit.frame(title), autocomplete);
      await webkit.type(text);
    }
    const id = await webkit.tokenize();
    expect(id).toMatch(/^tok_test_/);
    const { body } = await readToken(merchant.deployment, id);
    expect(body).toMatchObject({ card: { last4: number.slice(-4) } });
    const changes = Number(await webkit.run('return window.changes'));
    expect(changes).toBeGreaterThanOrEqual(3);
    const seen = String(await webkit.run('return JSON.stringify(window.seen)'));
    expect(typedRuns(seen, number)).toBe(0);
    saw(`a token from three frames, ${changes} change events, 0 runs of digits`);
  },
);
