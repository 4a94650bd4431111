import { Rules } from '@hushfield/contract/appearance';
import looks from './looks.css?inline';
import { fontSheet } from './font-sheet.ts';
import { cssOf } from './rule-sheet.ts';

/**
 * The style sheet of an appearance that is more than the plain one.
 *
 * @param rules - as the page sent them, if it did: they are parsed here, at the only door behind which they mean anything.
 * @param font - `system`, another of ours, or a family that the operator hosts.
 * @param warn - called when that cannot be had.
 * @throws when they are not what a page may say.
 */
export function sheetOf(rules: unknown, font: string, warn: (code: 'font_failed') => void): string {
  const own = rules === undefined ? {} : Rules.parse(rules);
  return looks + cssOf(own) + fontSheet(font, () => warn('font_failed'));
}
