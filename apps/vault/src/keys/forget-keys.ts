import { detailOf } from '../app/log.ts';
import type { Vault } from '../vault.ts';

const EVERY_MS = 30_000;

type Memory = Pick<Vault, 'keys' | 'receiveKeys' | 'codeKeys'>;

/** Forgets keys that are past their time. Caches look at a key only when somebody asks for it. */
export function forgetOldKeys({ keys, receiveKeys, codeKeys }: Memory): void {
  keys.sweep();
  receiveKeys.sweep();
  codeKeys.sweep();
}

/** Forgets every key in memory, and ends what the KEK's driver holds open. */
export function closeKeys({ keys, receiveKeys, codeKeys }: Memory): void {
  codeKeys.close();
  receiveKeys.close();
  keys.close();
}

/**
 * Forgets by the clock, in every process whatever its roles: a receive seed that the worker has destroyed
 * must not live on in the memory of an api node that nobody happens to ask, or a recording of last week
 * could be opened there.
 */
export function startForgetting(vault: Memory & Pick<Vault, 'log'>): { stop(): void } {
  const timer = setInterval(() => {
    try {
      forgetOldKeys(vault);
    } catch (error) {
      vault.log.error({ detail: detailOf(error) }, 'keys in memory were not swept');
    }
  }, EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
