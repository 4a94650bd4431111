import { chooseLocale, type FieldTexts } from '@hushfield/contract/boot';
import { SECRET_TEXTS } from './index.ts';

/**
 * All languages of secrets' inputs in one file, for the page that changes its language while it is open; a document brings
 * the first one with it.
 */
export function textsFor(wishes: readonly string[]): FieldTexts | undefined {
  return SECRET_TEXTS[chooseLocale(Object.keys(SECRET_TEXTS), wishes)];
}
