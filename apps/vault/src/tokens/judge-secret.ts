import {
  judgeAccountNumber,
  judgeIban,
  judgeRoutingNumber,
  judgeSecretText,
  secretTextOf,
} from '@hushfield/card';
import type { TextPolicy } from '@hushfield/contract/boot';
import type { SecretPlaintext } from '@hushfield/contract/http';
import type { Objection, Terms } from './judge-card.ts';
import { holdsCard } from './refuse-card-text.ts';

/**
 * The first rule a secret breaks. The frame judged it before; what a page could have told it counts for
 * nothing here.
 *
 * @param policy - the rule of the text's name, when the tenant has one.
 */
export function judgeSecret(
  plain: SecretPlaintext,
  policy: TextPolicy | undefined,
  { brands, fields = [] }: Terms = {},
): Objection | undefined {
  // A session that speaks of cards lets a page make tokens of cards.
  if (brands !== undefined || fields.length > 0) return { code: 'policy_denied', field: '' };
  if ('iban' in plain)
    return judgeIban(plain.iban).valid ? undefined : { code: 'invalid_iban', field: 'iban' };
  if ('text' in plain) return objectionTo(plain.text, policy);
  if (!judgeRoutingNumber(plain.routingNumber).valid)
    return { code: 'invalid_routing_number', field: 'routingNumber' };
  return judgeAccountNumber(plain.accountNumber).valid
    ? undefined
    : { code: 'invalid_account_number', field: 'accountNumber' };
}

function objectionTo(text: string, policy: TextPolicy | undefined): Objection | undefined {
  const kept =
    policy !== undefined &&
    secretTextOf(text, policy) === text &&
    judgeSecretText(text, policy).valid &&
    // Digits alone are judged whole; among other signs, a number is looked for as in what stands in clear.
    (/^\d+$/.test(text) || !holdsCard(text));
  return kept ? undefined : { code: 'invalid_text', field: 'text' };
}
