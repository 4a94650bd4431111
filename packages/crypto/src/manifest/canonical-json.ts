/**
 * Canonical JSON: the part of RFC 8785 that needs no number formatting. No spaces, members sorted by
 * UTF-16 code units, numbers only as safe integers.
 *
 * @throws TypeError for anything JSON cannot hold exactly: fractions, undefined, functions.
 * @example canonicalJson({ b: [1], a: 'x' }) === '{"a":"x","b":[1]}'
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number') return canonicalInteger(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(value);
  throw new TypeError('value has no canonical JSON form');
}

function canonicalInteger(value: number): string {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  throw new TypeError('number has no canonical JSON form');
}

function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
