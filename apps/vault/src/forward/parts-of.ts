import { lastDigits } from '@hushfield/card';
import type { ForwardField } from '@hushfield/contract/api';
import type { Kept } from '../tokens/token-kind.ts';

const two = (number: number) => String(number % 100).padStart(2, '0');

/** What a part of a token is as text; nothing where it has none. A security code lies apart from its card. */
export function partOf(
  kept: Kept,
  code: string | undefined,
  field: ForwardField,
): string | undefined {
  if ('number' in kept) return cardPart(kept, code, field);
  if ('iban' in kept) {
    if (field === 'last4') return kept.iban.slice(-4);
    return field === 'iban' ? kept.iban : undefined;
  }
  if ('text' in kept) return field === 'text' ? kept.text : undefined;
  if (field === 'last4') return lastDigits(kept.accountNumber);
  return field === 'routingNumber' || field === 'accountNumber' ? kept[field] : undefined;
}

function cardPart(
  { number, expMonth, expYear, name, postalCode }: Extract<Kept, { number: string }>,
  code: string | undefined,
  field: ForwardField,
): string | undefined {
  const parts: Partial<Record<ForwardField, string | undefined>> = {
    number,
    expMonth: two(expMonth),
    expYear2: two(expYear),
    expYear4: String(expYear),
    cvc: code,
    name,
    postalCode,
    last4: number.slice(-4),
    bin6: number.slice(0, 6),
  };
  return parts[field];
}

const SECRET: ReadonlySet<ForwardField> = new Set<ForwardField>([
  'number',
  'cvc',
  'iban',
  'accountNumber',
  'text',
]);

/** Of what is sent, that which must never come back or be kept. */
export function isSecret(field: ForwardField): boolean {
  return SECRET.has(field);
}
