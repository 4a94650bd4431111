import type { StoredKey } from './tenant-store.ts';

/** What a backend's key may be allowed to do. */
export const SCOPES = [
  'tokens:read',
  'tokens:write',
  'tokens:delete',
  'tokens:reveal',
  'sessions:write',
  'keys:manage',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Never by default: a key with it turns tokens back into cards. */
const RESERVED: ReadonlySet<Scope> = new Set<Scope>(['tokens:reveal']);

/** Whether a key may. A restricted one only what it names; a secret one all but what is reserved. */
export function mayDo({ kind, scopes }: Pick<StoredKey, 'kind' | 'scopes'>, scope: Scope): boolean {
  return scopes.includes(scope) || (kind === 'sk' && !RESERVED.has(scope));
}
