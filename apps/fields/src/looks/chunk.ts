import { Rules } from '@hushfield/contract/appearance';
import looks from './looks.css?inline';
import { fontSheet } from './operator-font.ts';
import { cssOf } from './rule-sheet.ts';

/**
 * The style sheet of an appearance that is more than the plain one.
 *
 * @param rules - as the page sent them, if it did: they are parsed here, at the only door behind which they mean anything.
 * @param font - a family that is none of our own, if the page names one.
 * @param fontless - called when it cannot be had.
 * @throws when they are not what a page may say.
 */
export function sheetOf(rules: unknown, font: string | undefined, fontless: () => void): string {
  const own = rules === undefined ? {} : Rules.parse(rules);
  return looks + cssOf(own) + (font === undefined ? '' : fontSheet(font, fontless));
}
