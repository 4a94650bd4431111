import type { DestinationRecord } from '@hushfield/contract/api';
import { denied } from './denied.ts';
import { refuseBraces } from './placeholder.ts';

type Given = Readonly<Record<string, string>>;

/**
 * The caller's headers, in small letters: each one that the record lets pass, and none that the vault sets.
 *
 * @throws VaultError `policy_denied`; `invalid_request` for a placeholder, or a name that is there twice.
 */
export function judgeHeaders(
  given: Given,
  { headers, inject }: Pick<DestinationRecord, 'headers' | 'inject'>,
): Map<string, string> {
  const kept = new Map<string, string>();
  for (const [any, value] of Object.entries(given)) {
    const name = any.toLowerCase();
    refuseBraces(value);
    const isOurs = Object.hasOwn(inject.headers, name);
    if (isOurs || kept.has(name) || !headers.includes(name)) throw denied('headers');
    kept.set(name, value);
  }
  return kept;
}
