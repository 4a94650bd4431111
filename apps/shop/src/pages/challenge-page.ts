import { price } from '../basket.ts';
import type { Order } from '../orders.ts';
import { page } from './frame-of-page.ts';
import { html } from './html.ts';

/** Stands where a bank's own page would, on an origin of the bank's. */
export function challengePage({ id, card, cents }: Order): string {
  return page({
    title: 'Confirm your payment',
    theme: 'auto',
    body: html`<main class="order challenge">
<p class="sign">A simulation: no bank is asked, and no money moves</p>
<h1>Confirm your payment</h1>
<p>Your bank asks whether it is you who pays ${price(cents)} to Alder &amp; Finch with the card ending in ${card.last4}.</p>
<form method="post" action="/orders/${id}/challenge">
<button class="primary" name="outcome" value="approved" type="submit">Yes, it is me</button>
<button class="quiet" name="outcome" value="refused" type="submit">No, refuse it</button>
</form>
</main>`,
  });
}
