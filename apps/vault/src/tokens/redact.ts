import { lastDigits } from '@hushfield/card';
import type { Redaction } from '@hushfield/contract/api';
import type { Kept } from './token-kind.ts';

/** As much of it as may be seen; the length of a text is a part of it, and so is not. */
const TEXT = '********';
const SHOWN_OF_CARD = 6;
const SHOWN_OF_IBAN = 4;

/** What is given out of what a token stands for. */
export function redact(kept: Kept, redaction: Redaction) {
  const isPlain = redaction === 'plain';
  if ('iban' in kept)
    return { object: 'revealed_iban', iban: part(kept.iban, redaction, SHOWN_OF_IBAN) } as const;
  if ('text' in kept) {
    const { policy, text } = kept;
    return { object: 'revealed_text', policy, text: isPlain ? text : TEXT } as const;
  }
  if ('accountNumber' in kept) {
    const { routingNumber } = kept;
    const accountNumber = account(kept.accountNumber, redaction);
    return { object: 'revealed_bank_account', routingNumber, accountNumber } as const;
  }
  const { expMonth, expYear, name, postalCode } = kept;
  return {
    object: 'revealed_card',
    number: part(kept.number, redaction, SHOWN_OF_CARD),
    ...{ expMonth, expYear },
    ...(isPlain ? { name, postalCode } : {}),
  } as const;
}

/** Of a short number, never more than half. */
function account(number: string, redaction: Redaction): string {
  if (redaction === 'plain') return number;
  const end = lastDigits(number);
  return redaction === 'last4' ? end : end.padStart(number.length, '*');
}

/** @example part('4242424242424242', 'masked', 6) // '424242******4242' */
function part(text: string, redaction: Redaction, shown: number): string {
  if (redaction === 'plain') return text;
  const last4 = text.slice(-4);
  if (redaction === 'last4') return last4;
  return text.slice(0, shown) + '*'.repeat(Math.max(text.length - shown - 4, 0)) + last4;
}
