/** When a receive key may be sealed to, in unix seconds; `exp` itself is outside. */
export type Window = { readonly nbf: number; readonly exp: number };

const HOUR = 3600;
/** A key is sealed to for a day. */
export const KEY_LIFE = 24 * HOUR;
/** It is published this long before, so that no cache between us and a frame can miss it. */
export const PUBLISHED_AHEAD = 6 * HOUR;
/** Its seed outlives it by this long, for frames that sealed in the last moment; then it is gone. */
export const SEED_GRACE = HOUR;
/**
 * After a rotation that was asked for, a frame may go on sealing to a key before for so long: its document
 * keeps the key it began with, and lives as long as its ticket, half an hour at most; it may have begun
 * two minutes later with a list out of a cache. The rest is spare.
 */
const STILL_SEALED_TO = 40 * 60;
/** The very first key starts a little in the past: nodes' clocks differ. */
const SKEW = 300;

/**
 * The next key to make at this time, if any. Windows follow each other without a gap; after a long
 * standstill the next one starts now.
 */
export function nextWindow(existing: readonly Window[], now: number): Window | undefined {
  const end = Math.max(0, ...existing.map((key) => key.exp));
  if (end > now + PUBLISHED_AHEAD) return undefined;
  const nbf = end > now ? end : now - SKEW;
  return { nbf, exp: nbf + KEY_LIFE };
}

/** The end that a key is given whose day is cut short: it is published no more, and opened for as long. */
export function endOfRetired(now: number): number {
  return now + STILL_SEALED_TO - SEED_GRACE;
}

/** The window of a key that takes over now. */
export function windowFrom(now: number): Window {
  return { nbf: now - SKEW, exp: now - SKEW + KEY_LIFE };
}

/** Whether nothing sealed to this key can still be on its way, so that its seed must go. */
export function isOver(key: Window, now: number): boolean {
  return now >= key.exp + SEED_GRACE;
}
