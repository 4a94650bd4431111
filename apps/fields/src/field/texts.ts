import type { FieldName, FieldOptions } from '@hushfield/contract/frame';

const LABELS: Readonly<Record<FieldName, string>> = {
  number: 'Card number',
  expiry: 'Expiry date',
  cvc: 'Security code',
  name: 'Name on card',
  postalCode: 'Postal code',
};

const PLACEHOLDERS: Readonly<Record<FieldName, string>> = {
  number: '1234 1234 1234 1234',
  expiry: 'MM / YY',
  cvc: '',
  name: '',
  postalCode: '',
};

export const LOCKED = 'Typing was interrupted. Reload the page.';

/** Label and placeholder of an input; the page's own words come before ours. */
export function textsOf(name: FieldName, options: FieldOptions, codeLabel: string) {
  const fallback = name === 'cvc' ? codeLabel : PLACEHOLDERS[name];
  return {
    label: options.labels[name] || LABELS[name],
    placeholder: options.placeholders[name] ?? fallback,
  };
}
