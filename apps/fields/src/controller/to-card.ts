import { detectBrand, judgeCode } from '@hushfield/card';
import { type ErrorShape, errorOf } from '@hushfield/contract/errors';
import type { CardPlaintext } from '@hushfield/contract/http';
import type { Collected } from '@hushfield/contract/sibling';

/** A separate security code field does not know the number; whether they fit is decided here. */
export function toCard({
  number,
  expiry,
  cvc,
  name,
  postalCode,
}: Collected): CardPlaintext | ErrorShape {
  if (number === undefined) return errorOf('required_field', { field: 'number' });
  if (expiry === undefined) return errorOf('required_field', { field: 'expiry' });
  if (cvc !== undefined && !judgeCode(cvc, detectBrand(number)).valid) {
    return errorOf('invalid_cvc', { field: 'cvc' });
  }
  return {
    number,
    expMonth: expiry.month,
    expYear: expiry.year,
    ...(cvc === undefined ? {} : { cvc }),
    ...(name === undefined ? {} : { name }),
    ...(postalCode === undefined ? {} : { postalCode }),
  };
}
