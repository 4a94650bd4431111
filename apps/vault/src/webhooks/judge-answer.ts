import type { EgressError, EgressReason } from '../egress/egress-error.ts';
import type { Incoming } from '../egress/send.ts';
import { retryAfter } from './schedule.ts';

export const ATTEMPT_REASONS = [
  'delivered',
  'status',
  'redirected',
  'gone',
  'unreachable',
  'tls_failed',
  'timeout',
  'connection_lost',
  'answer_malformed',
  'answer_too_large',
  'not_signed',
] as const;
export type AttemptReason = (typeof ATTEMPT_REASONS)[number];

/** What came of a try. */
export type Outcome = {
  readonly reason: AttemptReason;
  readonly status: number | null;
  /** For how long the endpoint asks to be left alone, in ms. */
  readonly wish: number;
};

/** Those by which an endpoint may say when to come again. */
const WISHING: ReadonlySet<number> = new Set([429, 503]);

/** Only 2xx says that it has arrived: a redirect would carry an event to wherever it points. */
export function judgeAnswer({ status, headers }: Incoming, now: number): Outcome {
  if (status >= 200 && status < 300) return { reason: 'delivered', status, wish: 0 };
  if (status === 410) return { reason: 'gone', status, wish: 0 };
  const asked = headers.find(([name]) => name === 'retry-after')?.[1];
  const wish = WISHING.has(status) ? retryAfter(asked, now) : 0;
  return { reason: status >= 300 && status < 400 ? 'redirected' : 'status', status, wish };
}

/**
 * What a merchant is told of a request without an answer. A name that stands for a host within, one that stands for
 * nothing, and a host that takes no connection are one word: nobody maps our network by endpoints.
 */
const TOLD: Readonly<Record<EgressReason, AttemptReason>> = {
  url_form: 'unreachable',
  host_inside: 'unreachable',
  request_form: 'unreachable',
  closed: 'unreachable',
  name_unresolved: 'unreachable',
  connect_failed: 'unreachable',
  tls_failed: 'tls_failed',
  deadline: 'timeout',
  cancelled: 'unreachable',
  connection_lost: 'connection_lost',
  answer_malformed: 'answer_malformed',
  answer_head_too_large: 'answer_too_large',
  answer_too_large: 'answer_too_large',
};

/** @returns nothing for what was our own doing, and counts for no try. */
export function judgeFailure(error: EgressError): Outcome | undefined {
  if (error.reason === 'cancelled' || error.reason === 'closed') return undefined;
  return { reason: TOLD[error.reason], status: null, wish: 0 };
}
