import type { Grant } from '@hushfield/contract/api';
import type { redact } from '../tokens/redact.ts';

type Redacted = ReturnType<typeof redact>;
type Line = {
  readonly field:
    | NonNullable<Grant['fields']>[number]
    | 'iban'
    | 'routingNumber'
    | 'accountNumber'
    | 'text';
  readonly text: string;
};

/** What a person sees where a card has no such thing: how many lines there are, tells nothing of it. */
const NOTHING = '–';

/** What a person sees of it, line by line; of a card, what the grant names. */
export function linesOf(redacted: Redacted, fields: Grant['fields']): Line[] {
  if (redacted.object === 'revealed_iban') return [{ field: 'iban', text: redacted.iban }];
  if (redacted.object === 'revealed_text') return [{ field: 'text', text: redacted.text }];
  if (redacted.object === 'revealed_bank_account') {
    const { routingNumber, accountNumber } = redacted;
    return [
      { field: 'routingNumber', text: routingNumber },
      { field: 'accountNumber', text: accountNumber },
    ];
  }
  const { number, expMonth, expYear, name, postalCode } = redacted;
  const expiry = `${String(expMonth).padStart(2, '0')} / ${String(expYear).slice(-2)}`;
  const all = { number, expiry, name: name ?? NOTHING, postalCode: postalCode ?? NOTHING };
  return (fields ?? (['number'] as const)).map((field) => ({ field, text: all[field] }));
}
