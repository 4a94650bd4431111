import { ElementType, FIELDS_OF, FieldOptions, SessionText } from '@hushfield/contract/page';
import { failure } from './failures.ts';
import type { ElementOptions, ElementsOptions } from './types.ts';

const KNOWN_ELEMENT = new Set([
  'fields',
  'layout',
  'appearance',
  'locale',
  'labels',
  'placeholders',
  'messages',
  'title',
  'disabled',
]);

/** @throws HushfieldError `invalid_option` for a key that means nothing: a typo is never silent. */
export function refuseUnknown(given: object, known: ReadonlySet<string>): void {
  const stranger = Object.keys(given).find((key) => !known.has(key));
  if (stranger !== undefined) throw failure('invalid_option', stranger);
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
  const parsed = FieldOptions.safeParse({
    element,
    fields: element === 'card' ? (own.fields ?? FIELDS_OF.card) : FIELDS_OF[element],
    layout: own.layout ?? 'row',
    locale: own.locale ?? group.locale ?? 'auto',
    appearance: {
      theme: 'auto',
      labels: 'above',
      ...group.appearance,
      ...own.appearance,
      variables: { ...group.appearance?.variables, ...own.appearance?.variables },
    },
    labels: own.labels ?? {},
    placeholders: own.placeholders ?? {},
    messages: own.messages,
    title: own.title,
    disabled: own.disabled ?? false,
  });
  if (!parsed.success) {
    throw failure('invalid_option', parsed.error.issues[0]?.path.join('.'));
  }
  return parsed.data;
}

/** @throws HushfieldError `invalid_option`. */
export function elementType(type: unknown): ElementType {
  const parsed = ElementType.safeParse(type);
  if (!parsed.success) throw failure('invalid_option', 'element type');
  return parsed.data;
}

/** @throws HushfieldError `invalid_option`. What it says is for the frame to judge. */
export function sessionText(session: unknown): void {
  if (session !== undefined && !SessionText.safeParse(session).success) {
    throw failure('invalid_option', 'session');
  }
}

/** The page's colour scheme at a container: what `auto` follows and what the frame must match. */
export function colorSchemeAt(container: Element): 'light' | 'dark' {
  const scheme = getComputedStyle(container).colorScheme;
  const dark = scheme.includes('dark');
  if (!dark || !scheme.includes('light')) return dark ? 'dark' : 'light';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
