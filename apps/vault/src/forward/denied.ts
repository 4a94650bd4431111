import { VaultError } from '../app/vault-error.ts';

/** What of a request a destination's record, or a grant, does not allow. */
export const DENIED = ['method', 'path', 'headers', 'body', 'grant'] as const;
export type Denied = (typeof DENIED)[number];

/** @param at - the place in a body. */
export function denied(what: Denied, at = ''): VaultError {
  const reason = what === 'grant' ? 'forward_grant' : 'forward_rule';
  return VaultError.because('policy_denied', reason, { field: `${what}${shown(at)}` });
}

const NAMES = /^(?:\/[A-Za-z_][A-Za-z0-9_]{0,39}){1,6}$/;
const MOST = 58;

/**
 * The place, where it is made of plain names: whoever integrates must see which it was. What else stands in a
 * key is not repeated.
 */
function shown(at: string): string {
  return NAMES.test(at) && at.length <= MOST && !/\d{6}/.test(at) ? at : '';
}

/** Which of these a refusal is, if it is one of them. */
export function deniedBy(error: unknown): Denied | undefined {
  if (!(error instanceof VaultError) || error.code !== 'policy_denied') return undefined;
  return DENIED.find((what) => error.field === what || error.field?.startsWith(`${what}/`));
}
