import type { TextPolicy } from '@hushfield/contract/boot';
import type { CardPlaintext, SecretPlaintext } from '@hushfield/contract/http';
import { judgeCard, type Objection } from './judge-card.ts';
import { judgeSecret } from './judge-secret.ts';
import { kept } from './seal-card.ts';
import { isCard } from './token-kind.ts';

export type Plain = CardPlaintext | SecretPlaintext;
/** What a backend or a file brings; a security code is not among it. */
export type Brought = Omit<CardPlaintext, 'cvc' | 'network'> | SecretPlaintext;

/** What is kept, named one by one, so that nothing else ever comes along. */
export function keptOf(given: Brought): Plain {
  if ('number' in given) return kept(given);
  if ('iban' in given) return { iban: given.iban };
  if ('text' in given) return { policy: given.policy, text: given.text };
  const { routingNumber, accountNumber } = given;
  return { routingNumber, accountNumber };
}

/**
 * The first rule that it breaks, by the same rules as what a shopper types.
 *
 * @param policy - of a text, the rule that it names, when the tenant has one.
 */
export function judgeImport(
  plain: Plain,
  { mode, now, policy }: { mode: 'test' | 'live'; now: number; policy?: TextPolicy | undefined },
): Objection | undefined {
  return isCard(plain) ? judgeCard(plain, mode, now) : judgeSecret(plain, policy);
}
