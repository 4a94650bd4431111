import { folded, stepsOf } from './pointer.ts';

/**
 * Whether what the vault puts in at a place would stand there, to every reader. On the way to it a body may have plain
 * objects alone: what is put into a list under a name is not written at all. Nor may a twin of a name stand beside it,
 * `Merchant` beside `merchant`: there are parsers that take both for one, and the last of them for all.
 */
export function isWayClear(body: Readonly<Record<string, unknown>>, place: string): boolean {
  let at: unknown = body;
  for (const step of stepsOf(place)) {
    if (at === undefined) return true;
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return false;
    const twins = Object.keys(at).filter((name) => folded(name) === folded(step));
    if (twins.some((name) => name !== step)) return false;
    at = new Map(Object.entries(at)).get(step);
  }
  return true;
}
