import { ControllerTexts, FieldTexts, RevealTexts } from '@hushfield/contract/boot';
import { PageText } from '@hushfield/contract/frame';
import { expect, it } from 'vitest';
import { textsFor } from './chunk.ts';
import { CONTROLLER_TEXTS, FIELD_TEXTS, REVEAL_TEXTS, SECRET_TEXTS } from './index.ts';

const every = Object.keys(FIELD_TEXTS);

/** Every text of a language, by its path. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(Object(value)).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

const leavesOf = (locale: string) =>
  leaves({
    ...{ field: FIELD_TEXTS[locale], secret: SECRET_TEXTS[locale] },
    ...{ controller: CONTROLLER_TEXTS[locale], reveal: REVEAL_TEXTS[locale] },
  });

it('speaks twelve languages', () => {
  expect(every).toStrictEqual([
    ...['en', 'de', 'fr', 'es', 'it', 'pt-BR', 'nl', 'pl', 'ja', 'zh-CN', 'ar', 'he'],
  ]);
});

it.each(every)('says all there is to say in %s, and nothing twice', (locale) => {
  expect(FieldTexts.parse(FIELD_TEXTS[locale])).toStrictEqual(FIELD_TEXTS[locale]);
  expect(FieldTexts.parse(SECRET_TEXTS[locale])).toStrictEqual(SECRET_TEXTS[locale]);
  expect(RevealTexts.parse(REVEAL_TEXTS[locale])).toStrictEqual(REVEAL_TEXTS[locale]);
  expect(ControllerTexts.parse(CONTROLLER_TEXTS[locale])).toStrictEqual(CONTROLLER_TEXTS[locale]);
  expect(leavesOf(locale).map(([path]) => path)).toStrictEqual(
    leavesOf('en').map(([path]) => path),
  );
  for (const { labels, messages } of [FIELD_TEXTS, SECRET_TEXTS].flatMap(
    (all) => all[locale] ?? [],
  ))
    for (const texts of [Object.values(labels), Object.values(messages)])
      expect(new Set(texts).size).toBe(texts.length);
});

// What a page may not put into a label, we do not either; and a line of 320 px holds no paragraph.
it.each(every)('has short and clean texts in %s', (locale) => {
  for (const [path, text] of leavesOf(locale)) {
    expect(PageText.parse(text), path).toBe(text);
    expect(text.length, `${locale} ${path}`).toBeLessThanOrEqual(90);
    expect(text, path).not.toMatch(/["<>&{}]|\.\.\.|!/);
  }
});

it.each(every.filter((locale) => locale !== 'en'))('leaves no English in %s', (locale) => {
  const english = new Set(leavesOf('en').map(([, text]) => text));
  const left = leavesOf(locale).filter(
    ([path, text]) => english.has(text) && !/Hint$|labels\.iban$/.test(path),
  );
  expect(left).toStrictEqual([]);
});

it('speaks English to whom it has no words for', () => {
  expect(textsFor(['sv', 'tlh'])?.locale).toBe('en');
  expect(textsFor(['pt-PT'])?.locale).toBe('pt-BR');
});
