import * as z from 'zod/mini';

/** An element a page can mount: one frame each. */
export const ElementType = z.enum([
  'card',
  'cardNumber',
  'cardExpiry',
  'cardCvc',
  'cardholderName',
  'postalCode',
]);
export type ElementType = z.infer<typeof ElementType>;

/** One input inside an element. */
export const FieldName = z.enum(['number', 'expiry', 'cvc', 'name', 'postalCode']);
export type FieldName = z.infer<typeof FieldName>;

/** The fields an element has when the page does not choose. */
export const FIELDS_OF: Readonly<Record<ElementType, readonly FieldName[]>> = {
  card: ['number', 'expiry', 'cvc'],
  cardNumber: ['number'],
  cardExpiry: ['expiry'],
  cardCvc: ['cvc'],
  cardholderName: ['name'],
  postalCode: ['postalCode'],
};
