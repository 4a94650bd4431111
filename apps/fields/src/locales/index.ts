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
import type { ControllerTexts, FieldTexts, RevealTexts } from '@hushfield/contract/boot';
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

type Label = keyof Texts['labels'];
type Message = keyof Texts['messages'];

const OF_SECRETS: ReadonlySet<Label | Message> = new Set<Label | Message>([
  ...(['iban', 'routingNumber', 'accountNumber', 'text'] as const),
  ...(['invalid_iban', 'invalid_routing_number', 'invalid_account_number'] as const),
  'invalid_text',
]);
const isOfCard = (name: Label | Message) => !OF_SECRETS.has(name) && name !== 'shown';
const isOfSecret = (name: Label | Message) => OF_SECRETS.has(name) || name === 'required_field';

/** What a document with a card's inputs is told in each language. */
export const FIELD_TEXTS: Readonly<Record<string, FieldTexts>> = mapped(told(isOfCard));

/** The same for one with inputs of other secrets. */
export const SECRET_TEXTS: Readonly<Record<string, FieldTexts>> = mapped(told(isOfSecret));

/** The same for a controller. */
export const CONTROLLER_TEXTS: Readonly<Record<string, ControllerTexts>> = mapped(
  ({ messages, failures }) => ({ ...messages, ...failures }),
);

function mapped<T>(each: (texts: Texts, locale: string) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(LOCALES).map(([locale, texts]) => [locale, each(texts, locale)]),
  );
}

/** And for one that shows things. */
export const REVEAL_TEXTS: Readonly<Record<string, RevealTexts>> = mapped(
  ({ partTitle, labels, copy, copied, hidden }, locale) => ({
    ...{ locale, partTitle, labels, copy, copied, hidden },
  }),
);

function told(isMeant: (name: Label | Message) => boolean) {
  return (
    { wholeTitle, partTitle, expiryHint, locked, labels, messages }: Texts,
    locale: string,
  ): FieldTexts => ({
    ...{ locale, wholeTitle, partTitle, expiryHint, locked },
    labels: part(labels, isMeant),
    messages: part(messages, isMeant),
  });
}

function part<N extends string>(texts: Readonly<Record<N, string>>, isMeant: (name: N) => boolean) {
  const entries = Object.entries<string>(texts).filter(([name]) => isMeant(name as N));
  return Object.fromEntries(entries) as Partial<Record<N, string>>;
}
