import { chooseLocale, type FieldTexts } from '@hushfield/contract/boot';
import { FIELD_TEXTS } from './index.ts';

/**
 * All languages in one file, for the page that changes its language while it is open; a document brings
 * the first one with it.
 */
export function textsFor(wishes: readonly string[]): FieldTexts | undefined {
  return FIELD_TEXTS[chooseLocale(Object.keys(FIELD_TEXTS), wishes)];
}
