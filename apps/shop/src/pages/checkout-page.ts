import { BASKET, price, SHIPPING_CENTS, TOTAL_CENTS } from '../basket.ts';
import type { View } from '../routes/checkout.ts';
import { page } from './frame-of-page.ts';
import { type Html, html } from './html.ts';

/** What the page may know: the publishable key and where the fields live; never the secret key. */
export type PublicFacts = {
  readonly publishableKey: string;
  readonly fieldsOrigin: string;
  /** Of this one view of the page; empty when the vault gave none. */
  readonly session: string;
};

const PICTURES: readonly Html[] = [
  html`<svg viewBox="9 7 32 36" aria-hidden="true"><path d="M15 20h18l3 19H12z"/><path d="M20 20v-4h8v4M33 24l6-3v10"/></svg>`,
  html`<svg viewBox="9 7 32 36" aria-hidden="true"><path d="M14 16h20v24H14zM14 16l3-6h14l3 6"/><path d="M20 30c0-5 3-7 8-7 0 5-3 7-8 7z"/></svg>`,
];

function summary(): Html {
  const lines = BASKET.map(
    ({ title, detail, cents }, index) => html`<li>
<span class="picture">${PICTURES[index] ?? ''}</span>
<span class="what"><strong>${title}</strong><span>${detail}</span></span>
<span class="price">${price(cents)}</span>
</li>`,
  );
  return html`<aside class="summary" aria-labelledby="summary-title">
<h2 id="summary-title">Your order</h2>
<ul>${lines}</ul>
<dl>
<div><dt>Shipping</dt><dd>${price(SHIPPING_CENTS)}</dd></div>
<div class="total"><dt>Total</dt><dd>${price(TOTAL_CENTS)}</dd></div>
</dl>
</aside>`;
}

const COMBINED = html`<div id="card" class="hosted"></div>`;

const SEPARATE = html`<div id="card-number" class="hosted"></div>
<div class="pair">
<div id="card-expiry" class="hosted"></div>
<div id="card-cvc" class="hosted"></div>
</div>`;

/** The checkout. Card inputs are not here: the script mounts frames into the `hosted` boxes. */
export function checkoutPage(view: View, facts: PublicFacts): string {
  const separate = view.layout === 'separate';
  return page({
    title: 'Checkout',
    theme: view.theme,
    head: html`<script src="${facts.fieldsOrigin}/sdk/v1/hushfield.js" crossorigin defer></script>
<script src="/checkout.js" defer></script>`,
    // First in the document, as it is first on a phone: a page painted half parsed then moves nothing.
    body: html`<main class="checkout">
${summary()}
<form id="checkout" method="post" action="/orders" data-key="${facts.publishableKey}" data-session="${facts.session}" data-total="${price(TOTAL_CENTS)}">
<h1>Checkout</h1>
<fieldset>
<legend>Contact</legend>
<div class="field">
<label for="email">E-mail for your receipt <span class="optional">optional</span></label>
<input id="email" name="email" type="email" autocomplete="email" spellcheck="false">
</div>
</fieldset>
<fieldset class="payment ${separate ? 'separate' : 'combined'}${view.name ? ' with-name' : ''}">
<legend>Card</legend>
${separate ? SEPARATE : COMBINED}
</fieldset>
<button id="pay" type="submit"><span class="label">Pay ${price(TOTAL_CENTS)}</span><span class="spinner" aria-hidden="true"></span></button>
<p class="note"><svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M4 7V5a4 4 0 0 1 8 0v2M3 7h10v7H3z"/></svg>Card details go straight to the payment vault. This shop never sees them.</p>
<div class="alert" role="alert"><p id="problem"></p><button id="again" type="button" hidden>Try again</button></div>
</form>
</main>`,
  });
}
