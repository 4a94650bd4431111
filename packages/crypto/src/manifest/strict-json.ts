import { canonicalJson } from './canonical-json.ts';

/**
 * Readers for signed texts. Each throws for whatever it did not expect; the caller turns that into
 * its one error. No schema library: this runs before anything from the network is trusted.
 */
export type Members = ReadonlyMap<string, unknown>;

/**
 * Parses a text that must be its own canonical form. That refuses what parsers disagree about:
 * duplicate members (the last would win silently), spaces, exponents, escapes.
 */
export function parseCanonical(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (canonicalJson(value) !== text) throw new TypeError('text is not canonical');
  return value;
}

/** The members of an object that has exactly these names, no fewer and no more. */
export function membersOf(value: unknown, names: readonly string[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('expected an object');
  }
  const members = new Map<string, unknown>(Object.entries(value));
  if (members.size !== names.length || !names.every((name) => members.has(name))) {
    throw new TypeError('unexpected members');
  }
  return members;
}

export function textOf(members: Members, name: string): string {
  const value = members.get(name);
  if (typeof value !== 'string') throw new TypeError(`expected a text: ${name}`);
  return value;
}

/** A non-negative safe integer. */
export function countOf(members: Members, name: string): number {
  const value = members.get(name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new TypeError(`expected a count: ${name}`);
  }
  return value;
}

export function listOf(members: Members, name: string): readonly unknown[] {
  const value = members.get(name);
  if (!Array.isArray(value)) throw new TypeError(`expected a list: ${name}`);
  return value;
}
