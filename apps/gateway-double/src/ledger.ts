import { randomBytes } from 'node:crypto';
import { type Outcome, outcomeOf } from './outcomes.ts';
import type { Amount, Charge, Payment } from './payment.ts';
import { Refusal } from './refusal.ts';

const LIMIT = 10_000;

export type Made = { readonly payment: Payment; readonly outcome: Outcome };

/** All payments of all accounts, in memory: gone with the process, as nothing was ever paid. */
export class Ledger {
  readonly #payments = new Map<string, Payment>();

  /** @throws Refusal for a card that is no published test card. */
  charge(account: string, prefix: 'pay' | 'ch', charge: Charge): Made {
    const outcome = judge(charge);
    const payment: Payment = {
      id: `${prefix}_${randomBytes(16).toString('hex')}`,
      account,
      amount: charge.amount,
      state: stateOf(outcome, charge.capture),
      declineCode: outcome.kind === 'declined' ? outcome.code : undefined,
      capture: charge.capture,
      captured: charge.capture && isApproved(outcome) ? charge.amount.value : 0,
      refunded: 0,
      last4: charge.card.number.slice(-4),
      cvcGiven: charge.card.cvc !== undefined,
      holderGiven: charge.card.name !== undefined,
      reference: charge.reference,
      createdAt: new Date().toISOString(),
    };
    this.#keep(payment);
    return { payment, outcome };
  }

  /** Of an account; those with a reference alone, where one is given. */
  all(account: string, reference?: string): readonly Payment[] {
    return [...this.#payments.values()].filter(
      (payment) =>
        payment.account === account && (reference === undefined || payment.reference === reference),
    );
  }

  /** @throws Refusal where there is none, or it is another account's. */
  get(account: string, id: string): Payment {
    const payment = this.#payments.get(id);
    if (payment?.account === account) return payment;
    throw new Refusal(404, 'not_found', 'There is no such payment.');
  }

  /** Takes what was authorized, or a part of it, once. @throws Refusal */
  capture(account: string, id: string, amount?: Amount): Payment {
    const payment = this.get(account, id);
    const captured = valueOf(payment, amount) ?? payment.amount.value;
    if (payment.state !== 'authorized' || captured > payment.amount.value) throw wrongState();
    return this.#keep({ ...payment, state: 'captured', captured });
  }

  /** Gives back what was captured, or a part of what is left of it. @throws Refusal */
  refund(account: string, id: string, amount?: Amount): Payment {
    const payment = this.get(account, id);
    const left = payment.captured - payment.refunded;
    const refunded = valueOf(payment, amount) ?? left;
    if (refunded < 1 || refunded > left) throw wrongState();
    return this.#keep({ ...payment, refunded: payment.refunded + refunded });
  }

  /** The end of a challenge: what the holder said to the issuer. @throws Refusal */
  confirm(account: string, id: string, approved: boolean): Payment {
    const payment = this.get(account, id);
    if (payment.state !== 'challenge_required') throw wrongState();
    if (!approved)
      return this.#keep({ ...payment, state: 'declined', declineCode: 'challenge_failed' });
    if (!payment.capture) return this.#keep({ ...payment, state: 'authorized' });
    return this.#keep({ ...payment, state: 'captured', captured: payment.amount.value });
  }

  #keep(payment: Payment): Payment {
    this.#payments.set(payment.id, payment);
    const [oldest] = this.#payments.keys();
    if (this.#payments.size > LIMIT && oldest !== undefined) this.#payments.delete(oldest);
    return payment;
  }
}

function valueOf(payment: Payment, amount: Amount | undefined): number | undefined {
  if (amount === undefined || amount.currency === payment.amount.currency) return amount?.value;
  throw new Refusal(422, 'wrong_currency', 'The payment is in another currency.');
}

function judge({ card }: Charge): Outcome {
  const outcome = outcomeOf(card.number);
  const end = Date.UTC(card.expYear, card.expMonth, 1);
  return end > Date.now() ? outcome : { kind: 'declined', code: 'expired_card' };
}

const isApproved = ({ kind }: Outcome) => kind === 'authorized' || kind === 'silent';

function stateOf(outcome: Outcome, capture: boolean): Payment['state'] {
  if (outcome.kind === 'declined') return 'declined';
  if (outcome.kind === 'challenged') return 'challenge_required';
  return capture ? 'captured' : 'authorized';
}

const wrongState = () =>
  new Refusal(
    409,
    'wrong_state',
    'The payment is not in a state, or has not the amount, for that.',
  );
