import { apiKeyOf, type Gateway, type GatewayApp, routeOf } from '../gateway.ts';
import type { Payment } from '../payment.ts';
import { performIn } from '../perform.ts';
import { Confirmation, NewPayment, Params, Part, parse, Search } from '../shapes.ts';

/** A payment as this interface tells it. */
function shown(payment: Payment): object {
  const { id, state, amount, captured, refunded, reference, createdAt } = payment;
  const { last4, cvcGiven, holderGiven, declineCode } = payment;
  return {
    ...{ id, object: 'payment', double: true, state, amount, captured, refunded, createdAt },
    card: { last4, cvcGiven, holderGiven },
    declineCode: declineCode ?? null,
    reference: reference ?? null,
  };
}

/**
 * An interface in the manner of large acquirers: JSON, a key in a header, amounts with their currency, a
 * refusal of the issuer's as a payment in the state `declined`. Authorizes first, captures on demand.
 */
export function jsonPayments(app: GatewayApp, gateway: Gateway): void {
  const { accounts, ledger } = gateway;
  const answerOf = (payment: Payment) => ({ status: 201, body: shown(payment) });
  const perform = performIn(gateway, { keyOf: apiKeyOf, answerOf });

  app.post('/v1/payments', (request, reply) =>
    perform(request, reply, (account) =>
      ledger.charge(account, 'pay', parse(NewPayment, request.body)),
    ),
  );

  for (const act of ['capture', 'refund'] as const) {
    app.post(`/v1/payments/:id/${act}s`, (request, reply) =>
      perform(request, reply, (account) => {
        const { id } = parse(Params, request.params);
        return { payment: ledger[act](account, id, parse(Part, request.body).amount) };
      }),
    );
  }

  // Where there is an issuer, its own page says this.
  app.post('/v1/payments/:id/confirmations', (request, reply) =>
    perform(request, reply, (account) => {
      const { id } = parse(Params, request.params);
      const { outcome } = parse(Confirmation, request.body);
      return { payment: ledger.confirm(account, id, outcome === 'approved') };
    }),
  );

  app.get('/v1/payments', (request, reply) => {
    const account = accounts.enter(apiKeyOf(request), routeOf(request));
    const { reference } = parse(Search, request.query);
    const data = ledger.all(account, reference).map(shown);
    const requests = accounts.requests(account);
    return reply.send({ object: 'list', double: true, data, requests });
  });

  app.get('/v1/payments/:id', (request, reply) => {
    const account = accounts.enter(apiKeyOf(request), routeOf(request));
    return reply.send(shown(ledger.get(account, parse(Params, request.params).id)));
  });
}
