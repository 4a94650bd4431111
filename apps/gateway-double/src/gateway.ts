import type { Server } from 'node:https';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify';
import type { Accounts } from './accounts.ts';
import type { AnswerOnce } from './answer-once.ts';
import type { Ledger } from './ledger.ts';

/** A server that speaks https alone. */
export type GatewayApp = FastifyInstance<Server>;
export type GatewayRequest = Pick<
  FastifyRequest,
  'method' | 'url' | 'headers' | 'body' | 'params' | 'query' | 'routeOptions'
>;
export type GatewayReply = FastifyReply<RouteGenericInterface, Server>;

/** What the routes of both interfaces share. */
export type Gateway = {
  readonly accounts: Accounts;
  readonly ledger: Ledger;
  readonly once: AnswerOnce;
};

/** As the route is written, so that no id or query is counted or logged. */
export function routeOf(request: GatewayRequest): string {
  return `${request.method} ${request.routeOptions.url ?? '(none)'}`;
}

export function idempotencyKeyOf({ headers }: GatewayRequest): string | undefined {
  const key = headers['idempotency-key'];
  return typeof key === 'string' && key !== '' ? key : undefined;
}

/** The key of `X-API-Key`, in the manner of the JSON interface. */
export const apiKeyOf = ({ headers }: GatewayRequest): unknown => headers['x-api-key'];

/** The key of `Authorization: Bearer …`, in the manner of the other. */
export const bearerOf = ({ headers }: GatewayRequest): unknown =>
  /^Bearer ([\w-]{1,200})$/.exec(headers.authorization ?? '')?.[1];
