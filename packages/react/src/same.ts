import { useState } from 'react';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Whether two options say the same; one that is undefined says nothing. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  return Object.keys({ ...a, ...b }).every((key) => same(a[key], b[key]));
}

/** Gives the first of values that are the same: an object literal in the markup is another one each time. */
export function useStable<T extends object>(value: T): T {
  const [kept, keep] = useState(value);
  if (same(kept, value)) return kept;
  keep(value);
  return value;
}
