import { price } from '../basket.ts';
import type { Order } from '../orders.ts';
import { page } from './frame-of-page.ts';
import { html } from './html.ts';

const twoDigits = (value: number) => String(value).padStart(2, '0');

/** What was bought and how: all a shop ever knows of the card. */
export function orderPage({ card, token, email, cents }: Order): string {
  const expiry = `${twoDigits(card.expMonth)} / ${card.expYear}`;
  const receipt = email === undefined ? '' : html`<p>A receipt is on its way to ${email}.</p>`;
  return page({
    title: 'Thank you',
    theme: 'auto',
    body: html`<main class="order">
<svg class="tick" viewBox="0 0 48 48" width="56" height="56" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path d="M15 25l6 6 12-13"/></svg>
<h1>Thank you</h1>
<p>Your order is paid and will be packed today.</p>
${receipt}
<dl>
<div><dt>Paid</dt><dd>${price(cents)}</dd></div>
<div><dt>Card</dt><dd><span class="network" data-testid="brand">${card.brand}</span> ending in <span data-testid="last4">${card.last4}</span></dd></div>
<div><dt>Valid until</dt><dd data-testid="expiry">${expiry}</dd></div>
<div><dt>Token</dt><dd><code data-testid="token">${token}</code></dd></div>
</dl>
<a class="back" href="/">Back to the shop</a>
</main>`,
  });
}

/** An order that is not there, or no longer. */
export function missingPage(): string {
  return page({
    title: 'No such order',
    theme: 'auto',
    body: html`<main class="order"><h1>No such order</h1>
<p>It may have been placed before this shop was last restarted.</p>
<a class="back" href="/">Back to the shop</a></main>`,
  });
}
