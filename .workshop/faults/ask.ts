import { Problem } from '../../packages/contract/src/http/index.ts';
import { pauseBetween } from './pause.ts';
import type { Tally } from './tally.ts';

/** What one sending has come to. */
export type Heard =
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'refusal'; readonly status: number; readonly problem: Problem }
  /** No answer that is documented: neither a success nor a problem with one of our codes. */
  | { readonly kind: 'untyped'; readonly status: number }
  | { readonly kind: 'transport'; readonly cause: 'network' | 'timeout' };

export type Asked = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** As the controller frame has them: see `post-sealed.ts`. */
const ATTEMPT_MS = 10_000;
const TOTAL_MS = 30_000;
const FIRST_PAUSE_MS = 250;
/** A backend that has somebody waiting asks a little more often than twice as seldom each time. */
const LONGEST_PAUSE_MS = 2_000;
const PASSING: ReadonlySet<number> = new Set([502, 503, 504]);

export async function askOnce(base: string, asked: Asked): Promise<Heard> {
  const { method, path, headers, body } = asked;
  const signal = AbortSignal.timeout(ATTEMPT_MS);
  let status: number;
  let text: string;
  let type: string;
  try {
    const response = await fetch(base + path, {
      method,
      signal,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    status = response.status;
    type = response.headers.get('content-type') ?? '';
    text = await response.text();
  } catch {
    return { kind: 'transport', cause: signal.aborted ? 'timeout' : 'network' };
  }
  return read(status, type, text);
}

function read(status: number, type: string, text: string): Heard {
  if (status === 204 && text === '') return { kind: 'answer', status, body: undefined };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: 'untyped', status };
  }
  if (status >= 200 && status < 300) return { kind: 'answer', status, body };
  const problem = Problem.safeParse(body);
  return problem.success && type.startsWith('application/problem+json')
    ? { kind: 'refusal', status, problem: problem.data }
    : { kind: 'untyped', status };
}

export function kindOf(heard: Heard): string {
  if (heard.kind === 'transport') return heard.cause;
  if (heard.kind === 'refusal') return `${heard.status} ${heard.problem.code}`;
  return heard.kind === 'untyped' ? `${heard.status} untyped` : `${heard.status}`;
}

/** What an act came to in the end, and in how many sendings. */
export type Outcome = { readonly heard: Heard; readonly sent: number };

/**
 * Sends the same bytes until there is an answer, as the controller does: after a failure of transport and
 * after answers that say nothing about the request, for half a minute.
 *
 * @param base - where the next sending goes: several nodes are asked in turn.
 */
export async function insist(base: () => string, asked: Asked, tally: Tally): Promise<Outcome> {
  const begun = performance.now();
  const deadline = begun + TOTAL_MS;
  let failedSince: number | undefined;
  for (let [sent, wait] = [1, FIRST_PAUSE_MS]; ; sent += 1) {
    const from = performance.now();
    const heard = await askOnce(base(), asked);
    if (heard.kind === 'answer') {
      tally.succeeded(from, failedSince);
      return { heard, sent };
    }
    tally.failed(kindOf(heard));
    failedSince ??= from;
    if (isFinal(heard) || performance.now() + 2 * wait > deadline) {
      tally.outage(performance.now() - failedSince);
      return { heard, sent };
    }
    await pauseBetween(wait / 2, wait * 1.5);
    wait = Math.min(2 * wait, LONGEST_PAUSE_MS);
  }
}

function isFinal(heard: Heard): boolean {
  if (heard.kind === 'transport') return false;
  return !PASSING.has(heard.status);
}
