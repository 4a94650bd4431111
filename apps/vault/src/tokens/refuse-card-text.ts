import { judgeNumber } from '@hushfield/card';
import { VaultError } from '../app/vault-error.ts';

/** Digits with at most one separator between two of them, as people write card numbers. */
const RUN = /\d(?:[ .-]?\d){11,}/g;

/**
 * Refuses what a merchant writes about a token when it holds a card number: it stands in clear, and
 * would bring the merchant's own logs and ours into scope.
 *
 * @throws VaultError `invalid_request`.
 */
export function refuseCardText(
  metadata: Readonly<Record<string, string>> | undefined,
  customer: string | null | undefined,
): void {
  const texts = [...Object.entries(metadata ?? {}).flat(), customer ?? ''];
  if (texts.some(holdsCard)) throw new VaultError('invalid_request');
}

function holdsCard(text: string): boolean {
  const plain = text.normalize('NFKC');
  return [...plain.matchAll(RUN)].some(([run]) => judgeNumber(run.replace(/\D/g, '')).valid);
}
