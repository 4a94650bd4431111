import type { Scope } from '@hushfield/contract/api';
import type { StoredKey } from './tenant-store.ts';

/**
 * Never by default: a key with one of them turns tokens back into cards, in an answer or, by way of a grant, before
 * the eyes of whoever has it; or sends them elsewhere, or says where they may be sent.
 */
const RESERVED: ReadonlySet<Scope> = new Set<Scope>([
  'tokens:reveal',
  'grants:write',
  'forward',
  'destinations:manage',
]);

/** Whether a key may. A restricted one only what it names; a secret one all but what is reserved. */
export function mayDo({ kind, scopes }: Pick<StoredKey, 'kind' | 'scopes'>, scope: Scope): boolean {
  return scopes.includes(scope) || (kind === 'sk' && !RESERVED.has(scope));
}

type Wished = Pick<StoredKey, 'kind' | 'scopes'> & { readonly forwardNeedsGrant?: boolean };

/** Whether a key needs grants and may make them: then it needs none, and its thief decides what is charged. */
export function grantsItself({ forwardNeedsGrant = false, ...key }: Wished): boolean {
  return forwardNeedsGrant && mayDo(key, 'grants:write');
}
