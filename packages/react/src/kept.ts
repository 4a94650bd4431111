import { useEffect, useRef, useState } from 'react';
import { useLatest } from './latest.ts';

/**
 * Makes one thing of a key, and ends it when there is another key, or none, or the component has gone.
 *
 * What is wanted is looked at in a microtask after the effects of a commit. StrictMode takes effects back
 * and runs them again in one breath, at the first mount and whenever a Suspense shows what it has hidden:
 * by then nothing has changed. And what goes has gone before what comes in its place is made.
 *
 * @param make - gives null for what could not be made; it must not throw.
 */
export function useKept<K extends object, T extends { destroy(): void }>(
  key: K | null,
  make: (key: K) => T | null,
): T | null {
  const [kept, setKept] = useState<T | null>(null);
  const latest = useLatest(make);
  const slot = useRef<{ wanted: K | null; key: K | null; thing: T | null }>({
    wanted: null,
    key: null,
    thing: null,
  });

  useEffect(() => {
    const { current } = slot;
    const settle = () => {
      if (current.key === current.wanted) return;
      current.thing?.destroy();
      current.key = current.wanted;
      current.thing = current.key && latest.current(current.key);
      setKept(current.thing);
    };
    const want = (wanted: K | null) => {
      current.wanted = wanted;
      queueMicrotask(settle);
    };
    want(key);
    return () => want(null);
  }, [key, latest]);

  return kept;
}
