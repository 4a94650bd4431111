import type { Answer } from './answer-once.ts';
import {
  type Gateway,
  type GatewayReply,
  type GatewayRequest,
  idempotencyKeyOf,
  routeOf,
} from './gateway.ts';
import type { Outcome } from './outcomes.ts';
import type { Payment } from './payment.ts';

/** How one of the two interfaces asks who calls, and says what became of a payment. */
export type Manner = {
  readonly keyOf: (request: GatewayRequest) => unknown;
  readonly answerOf: (payment: Payment) => Answer;
};

/** What is done with a payment, once it is known whose. */
export type Work = (account: string) => {
  readonly payment: Payment;
  readonly outcome?: Outcome;
};

/** Does what a request asks for once, however often it comes under one key, and answers it. */
export type Perform = (request: GatewayRequest, reply: GatewayReply, work: Work) => GatewayReply;

export function performIn({ accounts, once }: Gateway, { keyOf, answerOf }: Manner): Perform {
  return (request, reply, work) => {
    const account = accounts.enter(keyOf(request), routeOf(request));
    const route = `${request.method} ${request.url}`;
    const named = { account, route, key: idempotencyKeyOf(request), said: request.body };
    let isSilent = false;
    const { status, body } = once.answer(named, () => {
      const { payment, outcome } = work(account);
      // Only the first time: whoever asks again under the same key is told what happened.
      isSilent = outcome?.kind === 'silent';
      return answerOf(payment);
    });
    if (!isSilent) return reply.code(status).send(body);
    reply.hijack();
    return reply;
  };
}
