import { lastDigits } from '@hushfield/card';
import {
  BankAccountPlaintext,
  CardPlaintext,
  type CodePlaintext,
  IbanPlaintext,
  type SecretPlaintext,
  TextPlaintext,
} from '@hushfield/contract/http';
import * as z from 'zod';

/** What a token may stand for. */
export const TokenType = z.enum(['card', 'iban', 'bank_account', 'text']);
export type TokenType = z.infer<typeof TokenType>;
export type SecretType = Exclude<TokenType, 'card'>;

/** Which class of data an envelope holds; bound into it. */
export const DataClass = z.enum(['pan', 'bank', 'secret']);
export type DataClass = z.infer<typeof DataClass>;

export const CLASS_OF: Readonly<Record<TokenType, DataClass>> = {
  card: 'pan',
  iban: 'bank',
  bank_account: 'bank',
  text: 'secret',
};

/** What lies in an envelope. */
export type Kept = Omit<CardPlaintext, 'cvc'> | SecretPlaintext;

/** What lies in the envelope of a token of each type. */
export const KEPT = {
  card: CardPlaintext,
  iban: IbanPlaintext,
  bank_account: BankAccountPlaintext,
  text: TextPlaintext,
} as const;

/** Which type of token a secret becomes. */
export function typeOf(plain: SecretPlaintext): SecretType {
  if ('iban' in plain) return 'iban';
  return 'text' in plain ? 'text' : 'bank_account';
}

/** Whether it is the security code of a card that is a token already. */
export function isCode(
  plain: CardPlaintext | CodePlaintext | SecretPlaintext,
): plain is CodePlaintext {
  return 'token' in plain;
}

export function isCard(plain: CardPlaintext | SecretPlaintext): plain is CardPlaintext {
  return 'number' in plain;
}

/** What may stand in clear of a secret, in the row and on every token. */
export function aboutOf(plain: SecretPlaintext): Readonly<Record<string, string>> {
  if ('iban' in plain) return { country: plain.iban.slice(0, 2), last4: plain.iban.slice(-4) };
  if ('text' in plain) return { policy: plain.policy };
  return { country: 'US', last4: lastDigits(plain.accountNumber) };
}

/** What makes two of a type the same one; nothing for a text. */
export function identityOf(plain: Kept): string | undefined {
  if ('number' in plain) return plain.number;
  if ('iban' in plain) return plain.iban;
  return 'text' in plain ? undefined : `${plain.routingNumber}/${plain.accountNumber}`;
}
