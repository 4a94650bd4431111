import type { FieldTexts } from '@hushfield/contract/boot';
import type { FieldName, FieldOptions } from '@hushfield/contract/frame';

/** Label and placeholder of an input; the page's own words come before ours. */
export function textsOf(
  name: FieldName,
  options: FieldOptions,
  { labels, expiryHint }: FieldTexts,
  codeLabel: string,
) {
  const hints: { readonly [name in FieldName]?: string } = {
    number: '1234 1234 1234 1234',
    expiry: expiryHint,
    cvc: codeLabel,
  };
  return {
    label: options.labels[name] || labels[name],
    placeholder: options.placeholders[name] ?? hints[name] ?? '',
  };
}

const LONGEST = 200;

/** What a screen reader calls the frame. */
export function titleOf(
  options: FieldOptions,
  { wholeTitle, partTitle, labels }: FieldTexts,
): string {
  const [name = 'number'] = options.fields;
  const label = options.labels[name] || labels[name];
  if (options.title) return options.title;
  // A label may be as long as a title alone.
  return options.element === 'card' ? wholeTitle : `${partTitle}: ${label}`.slice(0, LONGEST);
}
