import { useEffect, useRef, useState } from 'react';
import { useLatest } from './latest.ts';

type Slot<K, T> = {
  wanted: K | null;
  key: K | null;
  thing: T | null;
  /** With which `again` the thing was made, or could not be. */
  tried?: unknown;
};

/**
 * Makes one thing of a key, and ends it when there is another key, or none, or the component has gone.
 *
 * What is wanted is looked at in a microtask after the effects of a commit. StrictMode takes effects back
 * and runs them again in one breath, at the first mount and whenever a Suspense shows what it has hidden:
 * by then nothing has changed. And what goes has gone before what comes in its place is made.
 *
 * @param make - gives null for what could not be made; it must not throw.
 * @param again - what could not be made is tried once more when this is another.
 */
export function useKept<K extends object, T extends { destroy(): void }>(
  key: K | null,
  make: (key: K) => T | null,
  again?: unknown,
): T | null {
  const [kept, setKept] = useState<T | null>(null);
  const latest = useLatest(make);
  const slot = useRef<Slot<K, T>>({ wanted: null, key: null, thing: null });

  useEffect(() => {
    const { current } = slot;
    const settle = () => {
      if (current.key === current.wanted && (current.thing || current.tried === again)) return;
      current.thing?.destroy();
      current.key = current.wanted;
      current.tried = again;
      current.thing = current.key && latest.current(current.key);
      setKept(current.thing);
    };
    const want = (wanted: K | null) => {
      current.wanted = wanted;
      queueMicrotask(settle);
    };
    want(key);
    return () => want(null);
  }, [key, latest, again]);

  return kept;
}
