import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Event } from '@hushfield/contract/api';
import * as z from 'zod';
import { seconds } from '../clock.ts';
import { EgressError } from '../egress/egress-error.ts';
import type { Egress } from '../egress/send.ts';
import { signWebhook } from './sign-webhook.ts';
import type { WebhookSecret } from './webhook-secret.ts';

const WITHIN_MS = 15_000;
const MOST_BYTES = 4_000_000;
/** Acts end in another order than they begin: so far back is looked for what was not there yet. */
const LOOK_BACK_MS = 60_000;

/** What somebody who writes a receiver listens with. */
export type Listening = {
  readonly egress: Egress;
  /** The API origin of the vault. */
  readonly api: string;
  readonly key: string;
  readonly forwardTo: URL;
  readonly now: () => number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly everyMs: number;
};

/** The vault does not let us listen: its word for why. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/**
 * What a local receiver verifies with: the same at each start with one key, so that it is written down once. It is
 * derived one way, and tells nothing of the key.
 */
export function listenSecret(key: string): WebhookSecret {
  const part = (what: string) =>
    createHmac('sha256', key).update(`hushfield/v1/listen\0${what}`).digest();
  return { hmac: part('v1'), seed: part('v1a') };
}

/**
 * Tells a port of this machine of what happens in the vault from now on, signed as the vault signs: once each, and
 * not again when the receiver fails, which whoever writes it sees.
 */
export async function listen(listening: Listening): Promise<void> {
  const { now, signal, everyMs } = listening;
  const seen = new Map<string, number>();
  let newest = now();
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const events = await since(listening, newest - LOOK_BACK_MS);
    for (const event of events.filter(({ id }) => !seen.has(id)).toReversed()) {
      const at = Date.parse(event.timestamp);
      seen.set(event.id, at);
      newest = Math.max(newest, at);
      if (!isFirst) await forward(listening, event);
    }
    for (const [id, at] of seen) if (at < newest - 2 * LOOK_BACK_MS) seen.delete(id);
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

const Page = z.object({ data: z.array(Event), nextCursor: z.string().nullable() });
const Problem = z.object({ code: z.string() });

async function since(listening: Listening, time: number): Promise<Event[]> {
  const events: Event[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await ask(listening, time, cursor);
    events.push(...page.data);
    cursor = page.nextCursor;
  }
  return events;
}

async function ask({ egress, api, key, say, signal }: Listening, time: number, cursor: string) {
  const url = new URL('/v1/events?limit=100', api);
  url.searchParams.set('since', new Date(time).toISOString());
  if (cursor !== '') url.searchParams.set('cursor', cursor);
  const headers = [['authorization', `Bearer ${key}`]] as const;
  const limits = { within: WITHIN_MS, maxBytes: MOST_BYTES, signal };
  try {
    const answer = await egress.send({ url, method: 'GET', headers, body: null, ...limits });
    const body: unknown = JSON.parse(Buffer.from(answer.body).toString('utf8'));
    if (answer.status === 200) return Page.parse(body);
    const { code } = Problem.parse(body);
    if (answer.status < 500 && answer.status !== 429) throw new ListenError(code);
    say(`the vault answers ${answer.status} (${code})`);
  } catch (error) {
    if (error instanceof ListenError) throw error;
    if (!signal.aborted) say('the vault does not answer; trying again');
  }
  return { data: [], nextCursor: null };
}

async function forward(listening: Listening, event: Event): Promise<void> {
  const { egress, key, forwardTo: url, now, say, signal } = listening;
  const body = JSON.stringify(event);
  const timestamp = seconds(now());
  const signature = signWebhook([listenSecret(key)], { id: event.id, timestamp, body });
  const headers = [
    ['content-type', 'application/json'],
    ['user-agent', 'Hushfield-Webhooks/1'],
    ['webhook-id', event.id],
    ['webhook-timestamp', String(timestamp)],
    ['webhook-signature', signature],
  ] as const;
  const started = performance.now();
  const limits = { within: WITHIN_MS, maxBytes: MOST_BYTES, signal };
  const outcome = await egress
    .send({ url, method: 'POST', headers, body: Buffer.from(body), ...limits })
    .then(({ status }) => String(status), reasonOf);
  say(`${event.type} ${event.id} → ${outcome} (${Math.round(performance.now() - started)} ms)`);
}

function reasonOf(error: unknown): string {
  if (error instanceof EgressError) return error.reason;
  throw error;
}
