import { type Kek, KeysBusy } from '../keys/kek/kek.ts';
import type { Metrics } from './metrics.ts';

/** A driver whose calls are counted and timed. */
export function countedKek(kek: Kek, { keys }: Metrics): Kek {
  const timed = async <T>(call: 'wrap' | 'unwrap' | 'other', work: () => Promise<T>) => {
    const started = performance.now();
    const note = (outcome: 'ok' | 'failed' | 'busy') =>
      keys.kek.observe({ call, outcome }, (performance.now() - started) / 1000);
    try {
      const result = await work();
      note('ok');
      return result;
    } catch (error) {
      note(error instanceof KeysBusy ? 'busy' : 'failed');
      throw error;
    }
  };
  return {
    kind: kek.kind,
    deadlineMs: kek.deadlineMs,
    wrap: (label, key) => timed('wrap', () => kek.wrap(label, key)),
    unwrap: (label, wrapped) => timed('unwrap', () => kek.unwrap(label, wrapped)),
    numbers: () => timed('other', () => kek.numbers()),
    create: (number) => timed('other', () => kek.create(number)),
    destroy: (number) => timed('other', () => kek.destroy(number)),
    close: () => kek.close(),
  };
}
