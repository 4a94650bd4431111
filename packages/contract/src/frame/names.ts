import * as z from 'zod/mini';

const FIELDS = {
  card: ['number', 'expiry', 'cvc'],
  cardNumber: ['number'],
  cardExpiry: ['expiry'],
  cardCvc: ['cvc'],
  cardholderName: ['name'],
  postalCode: ['postalCode'],
  iban: ['iban'],
  accountNumber: ['routingNumber', 'accountNumber'],
  text: ['text'],
  reveal: ['shown'],
  copyButton: ['shown'],
} as const;

/** An element a page can mount: one frame each. */
export type ElementType = keyof typeof FIELDS;
/** One input inside an element. */
export type FieldName = (typeof FIELDS)[ElementType][number];

/** The fields an element has when the page does not choose. */
export const FIELDS_OF: Readonly<Record<ElementType, readonly FieldName[]>> = FIELDS;

// Of one list, which pages download: each name stands in it once.
export const ElementType = z.enum(Object.keys(FIELDS) as [ElementType, ...ElementType[]]);
export const FieldName = z.enum(
  Object.values<readonly FieldName[]>(FIELDS).flat() as [FieldName, ...FieldName[]],
);

/**
 * The document that an element stands in, by the last part of its address. All inputs of a card have one, and so one
 * entry in a browser's cache.
 */
export function documentOf(element: ElementType): string {
  // As a pattern, and not as a list of names, which pages would download twice.
  return /^card|^po/.test(element) ? 'field' : element;
}

/** Whether an element shows something: it is asked for nothing, and holds nothing that is collected. */
export function isShowing(element: string): boolean {
  return /^(reveal|copyButton)$/.test(element);
}
