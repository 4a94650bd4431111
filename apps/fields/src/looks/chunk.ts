import { Rules } from '@hushfield/contract/appearance';
import looks from './looks.css?inline';
import { cssOf } from './rule-sheet.ts';

/**
 * The style sheet of an appearance that is more than the plain one.
 *
 * @param rules - as the page sent them, if it did: they are parsed here, at the only door behind which they mean anything.
 * @throws when they are not what a page may say.
 */
export function sheetOf(rules: unknown): string {
  return looks + cssOf(rules === undefined ? {} : Rules.parse(rules));
}
