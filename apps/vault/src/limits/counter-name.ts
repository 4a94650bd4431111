import { createHmac } from 'node:crypto';

const LABEL = 'hushfield/v1/limit-counter\0';

/** What is counted: a limit's own name, and whom it counts, such as a block of addresses or a BIN. */
export type Subject = readonly [limit: string, ...whom: readonly string[]];

/**
 * The name of a subject in one window, an HMAC: there are few BINs and few blocks of addresses, so
 * that anything without a key could be undone by trying them all.
 */
export function counterName(key: Uint8Array, subject: Subject, window: number): Buffer {
  const text = JSON.stringify([window, ...subject]);
  return createHmac('sha256', key).update(LABEL).update(text).digest();
}
