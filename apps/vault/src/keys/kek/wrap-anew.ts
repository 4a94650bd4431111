import { timingSafeEqual } from 'node:crypto';
import { type Kek, KeysUnavailable } from './kek.ts';

/**
 * A wrapped key under the newest KEK, opened again before anybody relies on it.
 *
 * @throws KeysUnavailable when it does not open.
 */
export async function wrapAnew(kek: Kek, label: string, wrapped: Uint8Array): Promise<Uint8Array> {
  const key = await kek.unwrap(label, wrapped);
  try {
    const fresh = await kek.wrap(label, key);
    const again = await kek.unwrap(label, fresh);
    const same = again.length === key.length && timingSafeEqual(again, key);
    again.fill(0);
    if (!same) throw new KeysUnavailable('a key that was wrapped anew does not open');
    return fresh;
  } finally {
    key.fill(0);
  }
}
