import { type RefObject, useInsertionEffect, useRef } from 'react';

/**
 * Holds what the last finished render was given, for what is called outside of rendering. An insertion
 * effect comes before every other one, and servers leave it out without a warning.
 */
export function useLatest<T>(value: T): Readonly<RefObject<T>> {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
