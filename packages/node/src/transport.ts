import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AnswerOf, Route } from '@hushfield/contract/api';
import { readAnswer } from './answer.ts';
import { HushfieldError } from './hushfield-error.ts';
import type { CallOptions, HushfieldOptions } from './types.ts';

const KEY = /^(?:sk|rk)_(?:test|live)_[0-9A-Za-z]{46}$/;
const LOCAL = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;
const FIRST_PAUSE_MS = 200;
const FAILURE = 500;

/** What a route is asked with. */
export type Ask = CallOptions & {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
};

/** Sends requests: a deadline for all of it, retries where nothing can happen twice. */
export class Transport {
  readonly #key: string;
  readonly #origin: string;
  readonly #timeoutMs: number;
  readonly #maxRetries: number;

  /** @throws TypeError for a key or an address that cannot be one; without repeating it. */
  constructor(
    key: string | undefined,
    { baseUrl = '', timeoutMs = 30_000, maxRetries = 2 }: Partial<HushfieldOptions> = {},
  ) {
    if (key === undefined || !KEY.test(key))
      throw new TypeError('A secret or restricted key is needed, sk_… or rk_….');
    this.#key = key;
    this.#origin = originOf(baseUrl);
    this.#timeoutMs = timeoutMs;
    this.#maxRetries = maxRetries;
  }

  /** @throws HushfieldError */
  async call<R extends Route>(route: R, ask: Ask = {}): Promise<AnswerOf<R>> {
    const ends = performance.now() + this.#timeoutMs;
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    const signal = ask.signal ? AbortSignal.any([ask.signal, deadline]) : deadline;
    const request = this.#requestOf(route, ask);
    let mayBeDone = false;
    for (let attempt = 0; ; attempt++) {
      try {
        const { answer, response } = await this.#once(route, ask, request, signal);
        if (answer.ok) return answer.value as AnswerOf<R>;
        if (mayBeDone && isGone(route, answer.error)) return undefined as AnswerOf<R>;
        const wait = pauseOf(attempt, response);
        // Who may not wait so long is told the reason now, and not later that time is over.
        const isLate = wait >= ends - performance.now();
        if (!isRepeatable(route, answer.error) || attempt >= this.#maxRetries || isLate)
          throw answer.error;
        mayBeDone ||= answer.error.code !== 'rate_limited';
        await pause(wait, undefined, { signal });
      } catch (error) {
        throw error instanceof HushfieldError ? error : abortedBy(ask.signal);
      }
    }
  }

  #requestOf(route: Route, { body, idempotencyKey }: Ask): RequestInit {
    const name = route.idempotent ? (idempotencyKey ?? randomUUID()) : undefined;
    return {
      method: route.method,
      // A redirect would carry the key to wherever it points.
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(name === undefined ? {} : { 'idempotency-key': name }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
  }

  async #once(route: Route, ask: Ask, request: RequestInit, signal: AbortSignal): Promise<Tried> {
    let response: Response | undefined;
    try {
      response = await fetch(this.#origin + pathOf(route, ask), { ...request, signal });
      return { answer: { ok: true, value: await readAnswer(route, response) }, response };
    } catch (error) {
      if (signal.aborted) throw error;
      // The cause may quote the address; it is of no use to whoever reads the log.
      const known = error instanceof HushfieldError ? error : undefined;
      const lost = new HushfieldError('network_error', 'The vault could not be reached.', {
        retryable: true,
      });
      return { answer: { ok: false, error: known ?? lost }, response };
    }
  }
}

type Tried = {
  readonly answer:
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly error: HushfieldError };
  readonly response: Response | undefined;
};

/**
 * Whether a request may be sent again after an error: one that reads, and one whose name lets the vault see
 * that it is the same, always. After a failure of the vault's own no other, since it may have been done, and
 * again would undo what somebody else has done since.
 */
function isRepeatable(
  { method, idempotent }: Route,
  { retryable, status }: HushfieldError,
): boolean {
  const isSafe = method === 'GET' || idempotent === true;
  return retryable && (isSafe || (method !== 'POST' && status !== FAILURE));
}

/** The answer that was lost had said that it is deleted. */
function isGone({ method, answer }: Route, { code }: HushfieldError): boolean {
  return method === 'DELETE' && answer === undefined && code === 'not_found';
}

function abortedBy(signal: AbortSignal | undefined): HushfieldError {
  return signal?.aborted
    ? new HushfieldError('aborted', 'The call was cancelled.')
    : new HushfieldError('timeout', 'The vault did not answer in time.', { retryable: true });
}

/**
 * As long as the vault says, or twice as long each time; never all callers at one moment. The jitter
 * spreads load and guards nothing: it may be guessed.
 */
function pauseOf(attempt: number, response: Response | undefined): number {
  const asked = Number(response?.headers.get('retry-after'));
  if (asked > 0) return asked * 1_000;
  return FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random());
}

function pathOf({ path }: Route, { params = {}, query = {} }: Ask): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(
    Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
  );
  return given.length === 0 ? filled : `${filled}?${text.toString()}`;
}

function originOf(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const safe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOCAL.test(url.hostname));
  if (url === undefined || !safe || url.origin !== baseUrl.replace(/\/$/, '')) {
    throw new TypeError('baseUrl must be an https origin, or an http one of this machine.');
  }
  return url.origin;
}
