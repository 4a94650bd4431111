import type { Answer } from '../answer-once.ts';
import { bearerOf, type Gateway, type GatewayApp, routeOf } from '../gateway.ts';
import type { Payment } from '../payment.ts';
import { performIn } from '../perform.ts';
import { Confirmation, FormPart, NewCharge, Params, parse } from '../shapes.ts';

const STATUS = {
  authorized: 'requires_capture',
  captured: 'succeeded',
  declined: 'failed',
  challenge_required: 'requires_action',
} as const;

/** A charge as this interface tells it. */
function shown(payment: Payment): object {
  const { id, amount, state, captured, refunded, last4, cvcGiven, declineCode } = payment;
  return {
    ...{ id, object: 'charge', double: true, status: STATUS[state] },
    ...{ amount: amount.value, currency: amount.currency.toLowerCase() },
    ...{ amount_captured: captured, amount_refunded: refunded },
    card: { last4, cvc_given: cvcGiven },
    description: payment.reference ?? null,
    failure_code: declineCode ?? null,
  };
}

/** What the issuer refused is an error here, with the charge in it. */
function answerOf(payment: Payment): Answer {
  if (payment.state !== 'declined') return { status: 200, body: shown(payment) };
  const error = {
    type: 'card_error',
    code: payment.declineCode,
    message: 'The card was declined.',
  };
  return { status: 402, body: { double: true, error: { ...error, charge: shown(payment) } } };
}

/**
 * The other manner: forms with nested names, a bearer, amounts in minor units, a refusal of the issuer's as
 * an error 402. Captures at once unless it is told not to.
 */
export function formCharges(app: GatewayApp, gateway: Gateway): void {
  const { accounts, ledger } = gateway;
  const perform = performIn(gateway, { keyOf: bearerOf, answerOf });

  app.post('/form/charges', (request, reply) =>
    perform(request, reply, (account) =>
      ledger.charge(account, 'ch', parse(NewCharge, request.body)),
    ),
  );

  for (const act of ['capture', 'refund'] as const) {
    app.post(`/form/charges/:id/${act}`, (request, reply) =>
      perform(request, reply, (account) => {
        const { id } = parse(Params, request.params);
        const { amount: value } = parse(FormPart, request.body);
        const { currency } = ledger.get(account, id).amount;
        const amount = value === undefined ? undefined : { value, currency };
        return { payment: ledger[act](account, id, amount) };
      }),
    );
  }

  app.post('/form/charges/:id/confirm', (request, reply) =>
    perform(request, reply, (account) => {
      const { id } = parse(Params, request.params);
      const { outcome } = parse(Confirmation, request.body);
      return { payment: ledger.confirm(account, id, outcome === 'approved') };
    }),
  );

  app.get('/form/charges/:id', (request, reply) => {
    const account = accounts.enter(bearerOf(request), routeOf(request));
    return reply.send(shown(ledger.get(account, parse(Params, request.params).id)));
  });
}
