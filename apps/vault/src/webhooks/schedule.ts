const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * How long after each try that failed the next one comes, as the Standard Webhooks specification proposes: ten
 * tries in a little more than three days.
 */
export const DELAYS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;
/** Up to a tenth later, so that what failed together does not come together. */
const JITTER = 0.1;
const LONGEST_WISH_MS = 24 * HOUR;

/** An endpoint that nothing has reached for so long is disabled, if it was tried often enough to say so. */
export const GIVE_UP = { afterMs: 5 * 24 * HOUR, failures: 10 } as const;

/** After so many failures in a row an endpoint is left alone for a while, and then tried with one event. */
export const PAUSE_FROM = 5;
const PAUSE = { firstMs: 10 * SECOND, mostMs: 5 * MINUTE } as const;

/**
 * When to try again; nothing after the last try. The jitter spreads load and guards nothing: it may be guessed.
 *
 * @param tries - so far, the one that failed just now with them.
 * @param wish - for how long the endpoint has asked to be left alone, in ms.
 */
export function nextTry(
  tries: number,
  now: number,
  wish = 0,
  random: () => number = Math.random,
): Date | undefined {
  const delay = DELAYS_MS[tries - 1];
  if (delay === undefined) return undefined;
  const own = delay * (1 + JITTER * random());
  return new Date(Math.ceil(now + Math.max(own, Math.min(wish, LONGEST_WISH_MS))));
}

/** Until when an endpoint is left alone, after so many failures in a row. */
export function pausedUntil(failures: number, now: number): Date | undefined {
  if (failures < PAUSE_FROM) return undefined;
  const pause = PAUSE.firstMs * 2 ** Math.min(failures - PAUSE_FROM, 10);
  return new Date(now + Math.min(pause, PAUSE.mostMs));
}

/** `Retry-After` in ms, of seconds or of a date (RFC 9110 §10.2.3); 0 for what is neither. */
export function retryAfter(text: string | undefined, now: number): number {
  if (text === undefined) return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND;
  const date = /^[A-Za-z]{3}, [\w :-]{20,30}$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
