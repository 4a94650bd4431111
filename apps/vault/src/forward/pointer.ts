/** The names on the way to a place in a body. */
export type Steps = readonly string[];

const REST = '*';

/** @example stepsOf('/card/number') // ['card', 'number'] */
export function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** As RFC 6901 has it: `/` and `~` within a name are written in another way, so no two places are one text. */
export function pointerOf(steps: Steps): string {
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Whether a rule lets a place be written: the very place, or all beneath one that ends in a star. */
export function covers(rule: string, pointer: string): boolean {
  if (!rule.endsWith(`/${REST}`)) return rule === pointer;
  return pointer.startsWith(rule.slice(0, -REST.length));
}

/**
 * Whether two places are one, or one lies within the other, to a reader who is not exact: there are parsers that
 * take `merchantaccount` or `merchant_account` for `merchantAccount` (those of protobuf do), or `merchant.account` for
 * `merchant_account`, and the last of both.
 */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [`${folded(one)}/`, `${folded(other)}/`];
  return a.startsWith(b) || b.startsWith(a);
}

/** A place or a name as the least exact of readers has it. */
export function folded(text: string): string {
  return text.toLowerCase().replaceAll(/[._ -]/g, '');
}
