const FALLBACK = 'en';
/** Browsers still send the code that was given up in 1989. */
const OLD: ReadonlyMap<string, string> = new Map([['iw', 'he']]);

/**
 * The language to speak: the first wish that is spoken exactly, or at least in another region.
 *
 * @param known - locales that there are; `en` among them, which is spoken when no wish is.
 * @param wishes - BCP 47 tags, best first; RFC 4647 lookup, with neighbours of the same language.
 * @example chooseLocale(['en', 'de', 'pt-BR'], ['de-AT', 'en']) // 'de'
 */
export function chooseLocale(known: readonly string[], wishes: readonly string[]): string {
  for (const wish of wishes) {
    const tag = wish.toLowerCase();
    const exact = known.find((each) => each.toLowerCase() === tag);
    const language = languageOf(tag);
    const found = exact ?? known.find((each) => languageOf(each) === language);
    if (found !== undefined) return found;
  }
  return FALLBACK;
}

function languageOf(tag: string): string {
  const [language = ''] = tag.toLowerCase().split('-');
  return OLD.get(language) ?? language;
}
