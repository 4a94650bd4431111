import '../boot/zod-setup.ts';
import '../boot/harden.ts';
import {
  acceptParent,
  acceptSiblings,
  type Link,
  refuseParent,
  sendEvents,
  serve,
} from '@hushfield/bridge';
import { ControllerBoot, TicketClaims } from '@hushfield/contract/boot';
import { ControllerEvent, controllerMethods, GroupId } from '@hushfield/contract/frame';
import { PROTOCOL } from '@hushfield/contract/version';
import * as z from 'zod/mini';
import { serverClock } from '../boot/clock.ts';
import { reasonToRefuse } from '../boot/may-run.ts';
import { readBoot, readHash } from '../boot/read-boot.ts';
import { fromBase64url } from './base64url.ts';
import { burnTicket } from './burn-ticket.ts';
import { Siblings, termsOf } from './collect.ts';
import { engineOf } from './engine.ts';
import { ReceiveKeys } from './receive-key.ts';
import { warmUp } from './seal-plaintext.ts';
import { keepTicketFresh } from './ticket-life.ts';
import { Tokenizer } from './tokenize.ts';

const Hash = z.strictObject({ sid: GroupId });
const LOAD_MS = 10_000;

function readClaims(ticket: string): TicketClaims {
  const [payload = ''] = ticket.split('.');
  return TicketClaims.parse(JSON.parse(new TextDecoder().decode(fromBase64url(payload))));
}

/** Answers the page's calls over one line; returns what replaces the document, ticket and all. */
function answer({ calls, events }: Link, tokenizer: Tokenizer): () => void {
  const send = sendEvents(events, ControllerEvent);
  const renew = () => {
    send({ type: 'reload' });
    location.reload();
  };
  const unlessSpent = <T>(result: T | 'spent'): T | Promise<never> => {
    if (result !== 'spent') return result;
    // Not answered: the SDK asks again, on the line to the next document.
    renew();
    return new Promise<never>(() => {});
  };
  serve({
    port: calls,
    contract: controllerMethods,
    handlers: {
      tokenize: async ({ elements, session }) =>
        unlessSpent(await tokenizer.tokenize(elements, session)),
      collectCode: async ({ token, elements, session }) =>
        unlessSpent(await tokenizer.collectCode(elements, token, session)),
      reveal: async ({ grant, elements, session }) =>
        unlessSpent(await tokenizer.reveal(elements, grant, session)),
      session: (session) => void tokenizer.prepare(session),
      abort: () => tokenizer.abort(),
    },
  });
  return renew;
}

async function start(): Promise<void> {
  const boot = readBoot(ControllerBoot);
  const { sid } = readHash(Hash);
  const meeting = { origins: boot.origins, role: 'controller', sid, version: PROTOCOL };
  const refusal = reasonToRefuse();
  if (refusal) return refuseParent({ ...meeting, reason: refusal });

  const claims = readClaims(boot.ticket);
  const now = serverClock(boot.now);
  const siblings = new Siblings(termsOf(claims, undefined));
  acceptSiblings({
    protocol: PROTOCOL,
    key: boot.key,
    sid,
    onJoin: (member, port) => siblings.join(member, port),
  });

  const engine = engineOf();
  const keys = new ReceiveKeys(boot, engine, now);
  // In the background: whether these worked is told by the tokenize that needs them.
  Promise.all([engine(), keys.current()])
    .then(([ready, key]) => warmUp(ready, key))
    .catch(() => {});

  const { origin, ...first } = await acceptParent({ ...meeting, timeoutMs: LOAD_MS });
  const desk = { boot, claims, parentOrigin: origin, engine, keys, siblings, now };
  const tokenizer = new Tokenizer(desk);
  void siblings.lost.then(() => {
    tokenizer.burn();
    return burnTicket(boot, origin);
  });
  let renew = answer(first, tokenizer);
  let meets = false;
  // The page set the same address again: the SDK was told of a load and waits for a hello, which
  // no new document will say.
  addEventListener('popstate', () => {
    tokenizer.abort();
    // Two who wait would both take the one answer, and each call would be answered twice.
    if (meets) return;
    meets = true;
    acceptParent({ ...meeting, origins: [origin], timeoutMs: LOAD_MS })
      .then((link) => (renew = answer(link, tokenizer)))
      .catch(() => {})
      .finally(() => (meets = false));
  });
  keepTicketFresh(
    claims,
    now,
    () => tokenizer.busy,
    () => renew(),
  );
}

// Without a controller there is no token; the page learns it by its own deadline.
start().catch(() => {});
