import { type ErrorCode, type ErrorShape, errorOf } from '@hushfield/contract/errors';
import { Problem, TokenizeReply } from '@hushfield/contract/http';
import type * as z from 'zod/mini';
import { fromBase64url } from './base64url.ts';
import type { SealedPlaintext } from './seal-plaintext.ts';

const ATTEMPT_MS = 10_000;
const TOTAL_MS = 30_000;
const FIRST_PAUSE_MS = 250;
/** Answers that say nothing about the request: the same bytes may be sent again. */
const PASSING = new Set([502, 503, 504]);

type Refusal = { ok: false; error: ErrorShape };
/** What the vault says, inside the seal or in the place of one. */
export type Reply<T> = { ok: true; token: T } | Refusal;
/** How the answer to what was sealed reads. */
export type Replies<T> = z.ZodMiniType<Reply<T>>;

/**
 * Posts what was sealed and opens the answer. A failure of transport is retried with the same bytes,
 * which the vault answers with the same token: that is the browser's idempotency.
 */
export async function postSealed<T>(
  api: string,
  sealed: SealedPlaintext,
  replies: Replies<T>,
  signal: AbortSignal,
): Promise<Reply<T>> {
  const deadline = performance.now() + TOTAL_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
    const outcome = await send(api, { sealed, replies, signal, deadline });
    // Twice the pause, so that what is left after its jitter is time enough for an answer: a try with
    // none would end as a timeout, whatever was really wrong.
    if (outcome.final || performance.now() + 2 * pause > deadline) return outcome.reply;
    // Jitter, so that a vault that comes back is not met by everyone at once.
    await rest(pause * (0.5 + jitter()), signal);
    if (signal.aborted) return failed(errorOf('aborted'));
  }
}

type Outcome<T> = { final: boolean; reply: Reply<T> };
type Sending<T> = {
  readonly sealed: SealedPlaintext;
  readonly replies: Replies<T>;
  readonly signal: AbortSignal;
  readonly deadline: number;
};

const failed = (error: ErrorShape): Refusal => ({ ok: false, error });

async function send<T>(
  api: string,
  { sealed, replies, signal, deadline }: Sending<T>,
): Promise<Outcome<T>> {
  if (signal.aborted) return { final: true, reply: failed(errorOf('aborted')) };
  const patience = Math.min(ATTEMPT_MS, Math.max(0, deadline - performance.now()));
  const timeout = AbortSignal.timeout(Math.ceil(patience));
  const attempt = new AbortController();
  const stop = () => attempt.abort();
  for (const cause of [signal, timeout]) cause.addEventListener('abort', stop);
  try {
    const response = await fetch(`${api}/v1/tokenize`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // P3: an attempt of two digits must not make the message longer.
      body: JSON.stringify(sealed.body) + ' '.repeat(3 - String(sealed.body.attempt).length),
      credentials: 'omit',
      signal: attempt.signal,
    });
    return await read(response, sealed, replies);
  } catch {
    if (signal.aborted) return { final: true, reply: failed(errorOf('aborted')) };
    const code = timeout.aborted ? 'timeout' : 'network_error';
    return { final: false, reply: failed(errorOf(code)) };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function read<T>(
  response: Response,
  sealed: SealedPlaintext,
  replies: Replies<T>,
): Promise<Outcome<T>> {
  if (response.ok) {
    const { reply } = TokenizeReply.parse(await response.json());
    const opened = new TextDecoder().decode(sealed.openReply(fromBase64url(reply)));
    return { final: true, reply: replies.parse(JSON.parse(opened)) };
  }
  const problem = Problem.safeParse(await response.json().catch(() => undefined));
  const { code, requestId } = problem.success
    ? problem.data
    : { code: wordless(response.status), requestId: undefined };
  return { final: !PASSING.has(response.status), reply: failed(errorOf(code, { requestId })) };
}

/** What an edge in front of the vault means that refuses by a page of its own. */
function wordless(status: number): ErrorCode {
  return status === 429 ? 'rate_limited' : 'service_unavailable';
}

function jitter(): number {
  return (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 255;
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
