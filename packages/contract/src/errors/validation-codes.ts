import * as z from 'zod/mini';

/** The codes that speak of one input. */
export const VALIDATION_CODES = [
  'incomplete_number',
  'invalid_number',
  'brand_not_supported',
  'incomplete_expiry',
  'invalid_expiry',
  'expired_card',
  'incomplete_cvc',
  'invalid_cvc',
  'invalid_name',
  'invalid_postal_code',
  'invalid_iban',
  'invalid_routing_number',
  'invalid_account_number',
  'invalid_text',
  'required_field',
] as const;

/** One of them. */
export const ValidationCode = z.enum(VALIDATION_CODES);
