import {
  ElementType,
  FIELDS_OF,
  FieldOptions,
  PageText,
  SessionText,
} from '@hushfield/contract/page';
import * as z from 'zod/mini';
import { failure } from './failures.ts';
import type { ElementOptions, ElementsOptions } from './types.ts';

// What it is, an element is told apart.
const KNOWN_ELEMENT = Object.keys(FieldOptions.shape)
  .filter((name) => name !== 'element')
  .concat('fallback');

/** @throws HushfieldError `invalid_option` for a key that means nothing: a typo is never silent. */
export function refuseUnknown(given: object, known: readonly string[]): void {
  const stranger = Object.keys(given).find((key) => !known.includes(key));
  if (stranger !== undefined) throw failure('invalid_option', stranger);
}

const Fallback = z.strictObject({ message: PageText, retry: PageText });

/** What `schema` reads; the error names the option, or else the place in it. */
export function checked<T>(schema: z.ZodMiniType<T>, value: unknown, name?: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw failure('invalid_option', name ?? parsed.error.issues[0]?.path.join('.'));
}

/**
 * Options of an element with those of its group behind them, parsed as the frame will parse them, so
 * that a mistake is told where it was made.
 *
 * @throws HushfieldError `invalid_option`, naming the option.
 */
export function fieldOptions(
  element: ElementType,
  own: ElementOptions,
  group: ElementsOptions,
): FieldOptions {
  refuseUnknown(own, KNOWN_ELEMENT);
  fallbackOf(own, group);
  const { fallback: _, ...rest } = own;
  // What is undefined is not said: not even its name may reach a frame of before, which would refuse it.
  const options = checked(FieldOptions, {
    labels: {},
    placeholders: {},
    disabled: false,
    layout: 'row',
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    // A page that says no language of its own has an empty one.
    locale: own.locale || group.locale || 'auto',
    element,
    fields: element === 'card' ? (own.fields ?? FIELDS_OF.card) : FIELDS_OF[element],
    appearance: {
      theme: 'auto',
      labels: 'above',
      ...group.appearance,
      ...own.appearance,
      variables: { ...group.appearance?.variables, ...own.appearance?.variables },
    },
  });
  // No document has an account beside a card, and it would be loaded in vain.
  const isForeign = (name: string) => !/^(number|expiry|cvc|name|postalCode)$/.test(name);
  if (element === 'card' && options.fields.some(isForeign))
    throw failure('invalid_option', 'fields');
  return options;
}

/** @throws HushfieldError `invalid_option`. */
export function fallbackOf(own: ElementOptions, group: ElementsOptions) {
  const fallback = own.fallback ?? group.fallback;
  return fallback && checked(Fallback, fallback, 'fallback');
}

/** @throws HushfieldError `invalid_option`. */
export function elementType(type: unknown): ElementType {
  return checked(ElementType, type, 'element type');
}

/** @throws HushfieldError `invalid_option`. What it says is for the frame to judge. */
export function sessionText(session: unknown): void {
  if (session !== undefined) checked(SessionText, session, 'session');
}

/** The page's colour scheme at a container: what `auto` follows and what the frame must match. */
export function colorSchemeAt(container: Element): 'light' | 'dark' {
  const scheme = getComputedStyle(container).colorScheme;
  const isDark = scheme.includes('light')
    ? matchMedia('(prefers-color-scheme: dark)').matches
    : true;
  return isDark && scheme.includes('dark') ? 'dark' : 'light';
}
