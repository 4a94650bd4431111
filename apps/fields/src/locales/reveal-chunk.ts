import { chooseLocale, type RevealTexts } from '@hushfield/contract/boot';
import { REVEAL_TEXTS } from './index.ts';

/**
 * All languages of what is shown in one file, for the page that changes its language while it is open; a document brings
 * the first one with it.
 */
export function textsFor(wishes: readonly string[]): RevealTexts | undefined {
  return REVEAL_TEXTS[chooseLocale(Object.keys(REVEAL_TEXTS), wishes)];
}
