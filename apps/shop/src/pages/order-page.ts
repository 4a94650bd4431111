import type { Order } from '../orders.ts';
import type { ReceivedEvent } from '../webhooks/received.ts';
import { paymentRows, toldOf } from './charge-states.ts';
import { page } from './frame-of-page.ts';
import { type Html, html } from './html.ts';

const twoDigits = (value: number) => String(value).padStart(2, '0');

/** What was bought and how: all a shop ever knows of the card. */
export function orderPage(order: Order, events: readonly ReceivedEvent[] | undefined): string {
  const { card, token } = order;
  const expiry = `${twoDigits(card.expMonth)} / ${card.expYear}`;
  const { title, mark, text } = toldOf(order);
  return page({
    title,
    theme: 'auto',
    ...(events === undefined ? {} : { head: html`<script src="/order.js" defer></script>` }),
    body: html`<main class="order">
${mark}
<h1>${title}</h1>
${text}
<dl>
${paymentRows(order)}
<div><dt>Card</dt><dd><span class="network" data-testid="brand">${card.brand}</span> ending in <span data-testid="last4">${card.last4}</span></dd></div>
<div><dt>Valid until</dt><dd data-testid="expiry">${expiry}</dd></div>
<div><dt>Token</dt><dd><code data-testid="token">${token}</code></dd></div>
</dl>
${events === undefined ? '' : eventList(order, events)}
<a class="back" href="/">Back to the shop</a>
</main>`,
  });
}

/** The same rows are made by `order.js` of what comes later. */
function eventList({ id }: Order, events: readonly ReceivedEvent[]): Html {
  const rows = events.map(
    (event) =>
      html`<li data-id="${event.id}"><code>${event.type}</code><time datetime="${event.receivedAt}">${event.receivedAt.slice(11, 19)} UTC</time></li>`,
  );
  return html`<section class="events" aria-labelledby="events-title">
<h2 id="events-title">What the vault has told this shop</h2>
<p class="hint">Webhooks about this token, each shown once its signature was verified.</p>
<ol id="events" data-order="${id}" data-testid="events" aria-live="polite">${rows}</ol>
</section>`;
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
