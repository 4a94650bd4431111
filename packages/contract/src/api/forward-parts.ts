import * as z from 'zod/mini';

/** What of a token can be sent. */
export const FORWARD_FIELDS = [
  'number',
  'expMonth',
  'expYear2',
  'expYear4',
  'cvc',
  'name',
  'postalCode',
  'last4',
  'bin6',
  'iban',
  'routingNumber',
  'accountNumber',
  'text',
] as const;
export const ForwardField = z.enum(FORWARD_FIELDS);
export type ForwardField = z.infer<typeof ForwardField>;

/**
 * A place in a body (RFC 6901). Printable ASCII, without the brackets that forms are nested by: each name is
 * one name to whoever reads it.
 */
export const Pointer = z
  .string()
  .check(z.maxLength(300), z.regex(/^(?:\/(?:[ -.0-Z\\^-}]|~[01]){1,100}){1,7}$/));

const Places = z.optional(z.array(Pointer).check(z.minLength(1), z.maxLength(20)));

export const ForwardFields = z.strictObject({
  number: Places,
  expMonth: Places,
  expYear2: Places,
  expYear4: Places,
  cvc: Places,
  name: Places,
  postalCode: Places,
  last4: Places,
  bin6: Places,
  iban: Places,
  routingNumber: Places,
  accountNumber: Places,
  text: Places,
});

/** In small letters, as HTTP/2 has them; none is there twice. */
export const HeaderName = z.string().check(z.regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/));
/** No line can end in it, nor begin or end with a space. */
export const HeaderText = z.string().check(z.regex(/^[!-~](?:[ -~]{0,998}[!-~])?$/));
