import { judgeNumber } from '@hushfield/card';
import { anyNumberIn, findRuns } from '../app/digit-runs.ts';
import { VaultError } from '../app/vault-error.ts';

/** Cannot be seen, and would part digits that people read as one number. */
const INVISIBLE = /[\p{Cf}\p{Mn}\p{Me}]/gu;

/**
 * Refuses what a merchant writes beside a card when a card number stands in it: it stands in clear, and
 * would bring the merchant's own logs and ours into scope. Named is the member and nothing of the text: an
 * order number may be refused by chance, and its sender must be able to see why.
 *
 * @throws VaultError `invalid_request` with the field.
 */
export function refuseCardText(field: string, ...texts: readonly (string | null | undefined)[]) {
  if (texts.some((text) => holdsCard(text ?? '')))
    throw VaultError.because('invalid_request', 'text_card', { field });
}

/** Keys and values of metadata. */
export function textsOf(metadata: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(metadata).flat();
}

/**
 * Whether any 12 to 19 digits in a row are a number of a brand that is known: of its length, and right by
 * its check digit where it has one. So an expiry beside a number hides it no more than an order number
 * around it; and of other digits, those are refused that happen to make such a number. For numbers made at
 * random that is one in a hundred and fifty at 12 digits, and one in five at 16. Any sign that no digit may
 * be read across, such as a letter, keeps an order number clear of it.
 */
export function holdsCard(text: string): boolean {
  const plain = text.replace(INVISIBLE, '').normalize('NFKC').replace(INVISIBLE, '');
  return findRuns(plain).some((run) => anyNumberIn(run, isOfKnownBrand));
}

function isOfKnownBrand(digits: string): boolean {
  const { valid, brand } = judgeNumber(digits);
  return valid && brand !== 'unknown';
}
