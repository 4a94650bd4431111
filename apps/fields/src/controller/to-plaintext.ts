import { detectBrand, judgeCode } from '@hushfield/card';
import { type ErrorShape, errorOf } from '@hushfield/contract/errors';
import type {
  CardPlaintext,
  CodePlaintext,
  GrantPlaintext,
  SecretPlaintext,
} from '@hushfield/contract/http';
import type { Collected } from '@hushfield/contract/sibling';

export type { CardPlaintext, SecretPlaintext };

/** What goes into a seal. */
export type Plaintext = CardPlaintext | CodePlaintext | SecretPlaintext | GrantPlaintext;

/** What elements hold, put together. A number from two of them is two cards, and nobody can say which was meant. */
export function merged(parts: readonly Collected[]): Collected | ErrorShape {
  const names = parts.flatMap(({ errors: _none, ...held }) => Object.keys(held));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) return errorOf('invalid_option', { field: twice });
  return Object.assign({ errors: [] }, ...parts);
}

/**
 * What the elements of a group hold together: a card, a bank account or a secret text, and never two of
 * them, since they make one token.
 */
export function toPlaintext({
  iban,
  routingNumber,
  accountNumber,
  text,
  policy,
  ...card
}: Omit<Collected, 'errors'>): CardPlaintext | SecretPlaintext | ErrorShape {
  const secrets: SecretPlaintext[] = [];
  if (iban !== undefined) secrets.push({ iban });
  if (routingNumber !== undefined && accountNumber !== undefined)
    secrets.push({ routingNumber, accountNumber });
  if (text !== undefined && policy !== undefined) secrets.push({ policy, text });
  const [secret] = secrets;
  if (secret === undefined) return toCard(card);
  const isAlone = secrets.length === 1 && Object.keys(card).length === 0;
  return isAlone ? secret : errorOf('invalid_option');
}

/** A separate security code field does not know the number; whether they fit is decided here. */
function toCard({
  number,
  expiry,
  cvc,
  name,
  postalCode,
  network,
}: Omit<Collected, 'errors'>): CardPlaintext | ErrorShape {
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
    ...(network === undefined ? {} : { network }),
  };
}
