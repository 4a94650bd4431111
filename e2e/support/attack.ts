import { type TestDetails, test } from '@playwright/test';

/** Which threat an attack belongs to: its number in `apps/docs/threats.md`. */
export type Row = number;

/**
 * What a test says of itself in the report of `pnpm attack`.
 *
 * @param rows - the threats it is about.
 * @param tries - what the attacker does, in one line.
 * @param tag - `@full` keeps it out of `pnpm test`; `@once` leaves it there in Chromium only, since what it
 *   shows hardly depends on the engine; `@chromium` and `@firefox` keep it out of other engines.
 *
 * @example
 * test('gives a popup no port', attack(2, 'a popup says hello to the page every 5 ms'), async ({ saw }) => {
 *   saw('0 ports in 500 ms');
 * });
 */
export function attack(
  rows: Row | readonly Row[],
  tries: string,
  ...tag: readonly ('@full' | '@once' | '@chromium' | '@firefox')[]
): TestDetails {
  const about = [rows].flat().map((row) => ({ type: 'row', description: String(row) }));
  return { annotation: [...about, { type: 'tries', description: tries }], tag: [...tag] };
}

/** Like {@link attack}, for what no defence stops: the test shows that it is so, and the report says it. */
export function residual(...of: Parameters<typeof attack>): TestDetails {
  const { annotation, tag } = attack(...of);
  return { annotation: [...[annotation ?? []].flat(), { type: 'residual' }], tag: tag ?? [] };
}

/** Puts what an attack saw into the report; figures, never a card number. */
export function saw(what: string): void {
  test.info().annotations.push({ type: 'saw', description: what });
}
