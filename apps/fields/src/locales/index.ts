import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { he } from './he.ts';
import { it } from './it.ts';
import { ja } from './ja.ts';
import { nl } from './nl.ts';
import { pl } from './pl.ts';
import { ptBR } from './pt-br.ts';
import { zhCN } from './zh-cn.ts';
import type { ControllerTexts, FieldTexts } from '@hushfield/contract/boot';
import type { Texts } from './texts.ts';

/** Every language that frames speak. */
const LOCALES: Readonly<Record<string, Texts>> = {
  en,
  de,
  fr,
  es,
  it,
  'pt-BR': ptBR,
  nl,
  pl,
  ja,
  'zh-CN': zhCN,
  ar,
  he,
};

/** What a field of each language is told with its document. */
export const FIELD_TEXTS: Readonly<Record<string, FieldTexts>> = mapped(
  // No input holds an IBAN yet.
  ({ failures: _told, messages: { invalid_iban: _later, ...messages }, ...texts }, locale) => ({
    locale,
    ...texts,
    messages,
  }),
);

/** The same for a controller. */
export const CONTROLLER_TEXTS: Readonly<Record<string, ControllerTexts>> = mapped(
  ({ messages, failures }) => ({ ...messages, ...failures }),
);

function mapped<T>(each: (texts: Texts, locale: string) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(LOCALES).map(([locale, texts]) => [locale, each(texts, locale)]),
  );
}
