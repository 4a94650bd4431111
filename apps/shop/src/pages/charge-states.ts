import { price } from '../basket.ts';
import type { Order } from '../orders.ts';
import { type Html, html } from './html.ts';

/** How an order page begins, by what is known of the money. */
type Told = { readonly title: string; readonly mark: Html; readonly text: Html };

const TICK = html`<svg class="tick" viewBox="0 0 48 48" width="56" height="56" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path d="M15 25l6 6 12-13"/></svg>`;
const CROSS = html`<svg class="tick no" viewBox="0 0 48 48" width="56" height="56" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path d="M17 17l14 14M31 17L17 31"/></svg>`;
const QUESTION = html`<svg class="tick open" viewBox="0 0 48 48" width="56" height="56" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path d="M18 19a6 6 0 1 1 9 5c-2 1-3 2-3 5M24 34v1"/></svg>`;

const button = (action: string, label: string) =>
  html`<form class="act" method="post" action="${action}"><button class="quiet" type="submit">${label}</button></form>`;

/** What a shopper is told, and may do. */
export function toldOf({ id, reference, email, cents, payment }: Order): Told {
  switch (payment.state) {
    case 'authorized': {
      const receipt = email === undefined ? '' : html` A receipt is on its way to ${email}.`;
      const text = html`<p>Your bank has set aside ${price(cents)}. We take it when we send your order.${receipt}</p>`;
      return { title: 'Thank you', mark: TICK, text };
    }
    case 'unknown': {
      const text = html`<p><strong>Please do not pay again.</strong> The payment was sent, and no answer came: we cannot say whether you were charged. We will not charge you a second time for this order.</p>
<p>Ask here again in a while, or look for ${price(cents)} in your bank’s statement. To us and to your bank, this payment is <code data-testid="reference">${reference}</code>.</p>
${button(`/orders/${id}/look-up`, 'Ask what became of it')}`;
      return { title: 'We do not know yet', mark: QUESTION, text };
    }
    case 'challenge_required': {
      const text = html`<p>Your bank wants to hear from you before it pays. Nothing was charged yet.</p>
<p><a class="back" href="/orders/${id}/challenge">Go to your bank</a></p>`;
      return { title: 'One more step', mark: QUESTION, text };
    }
    case 'declined': {
      const text = html`<p>Your bank did not let the payment through. Nothing was charged.</p>`;
      return { title: 'Not paid', mark: CROSS, text };
    }
    default: {
      const text = html`<p>Your order is placed. This shop has no gateway, so nothing was charged.</p>`;
      return { title: 'Thank you', mark: TICK, text };
    }
  }
}

const NAMES = {
  pending: 'Not asked yet',
  uncharged: 'Nothing charged',
  authorized: 'Authorized',
  challenge_required: 'Waits for your bank',
  declined: 'Declined',
  unknown: 'Unknown',
} as const;

/** The rows that tell of the money. */
export function paymentRows({ cents, payment }: Order): Html {
  const id =
    'id' in payment
      ? html`<div><dt>Payment</dt><dd><code data-testid="payment">${payment.id}</code></dd></div>`
      : '';
  const reason = 'code' in payment ? html` (<code>${payment.code}</code>)` : '';
  return html`<div><dt>Amount</dt><dd data-testid="amount">${price(cents)}</dd></div>
<div><dt>State</dt><dd><span data-testid="state">${NAMES[payment.state]}</span>${reason}</dd></div>
${id}`;
}
