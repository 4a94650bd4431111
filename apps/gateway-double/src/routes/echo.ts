import {
  apiKeyOf,
  bearerOf,
  type Gateway,
  type GatewayApp,
  type GatewayRequest,
  routeOf,
} from '../gateway.ts';
import { requirePublished } from '../outcomes.ts';

const CARD_LIKE = /\d{12,19}/g;

/**
 * A gateway that says back all it was told, card and credential too, as some do in their errors and logs:
 * what stands between it and a merchant must let none of that through.
 */
export function echo(app: GatewayApp, { accounts }: Gateway): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
      done(null, body);
    });
    const say = (keyOf: (request: GatewayRequest) => unknown, path: string) =>
      scope.post(path, (request, reply) => {
        accounts.enter(keyOf(request), routeOf(request));
        const body = typeof request.body === 'string' ? request.body : '';
        for (const [number] of body.matchAll(CARD_LIKE)) requirePublished(number);
        return reply.send({ object: 'echo', double: true, headers: request.headers, body });
      });
    say(apiKeyOf, '/v1/echo');
    say(bearerOf, '/form/echo');
  });
}
