import type { FastifyReply, FastifyRequest } from 'fastify';
import { methodName, routeName, statusClass } from '../operate/route-names.ts';
import { sentenceOfReason } from './reasons.ts';
import type { Reporter } from './refuse.ts';

/** One line and one count for each request that was answered. */
export function report(
  request: FastifyRequest,
  reply: FastifyReply,
  { role, log, http }: Reporter,
): void {
  // The pattern, never the URL: a caller may write anything into a URL, also a card number.
  const pattern = request.routeOptions.url;
  const { tenant, keyId, code, reason } = request.facts ?? {};
  log.info(
    {
      requestId: request.id,
      role: role.name,
      route: pattern ?? '(none)',
      method: request.method,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      tenant,
      keyId,
      code,
      ...(reason === undefined ? {} : { detail: sentenceOfReason(reason) }),
    },
    'request',
  );
  if (role.name === 'operate') return;
  const status = statusClass(reply.statusCode);
  const labels = { role: role.name, route: routeName(pattern), method: methodName(request.method) };
  http?.requests.observe({ ...labels, status }, reply.elapsedTime / 1000);
}

/** Until it was answered, or whoever asked has gone. */
export function noteUnderWay(reply: FastifyReply, { role, http }: Reporter): void {
  const { name } = role;
  if (http === undefined || name === 'operate') return;
  http.inFlight.add({ role: name });
  let isOver = false;
  const over = () => {
    if (!isOver) http.inFlight.add({ role: name }, -1);
    isOver = true;
  };
  reply.raw.once('finish', over);
  reply.raw.once('close', over);
}
