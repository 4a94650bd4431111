import { VaultError } from '../app/vault-error.ts';
import type { Steps } from './pointer.ts';

/** What a body holds where it does not go on. */
export type Leaf = string | number | boolean | null;
export type Found = { readonly steps: Steps; readonly value: Leaf };

/** Of one reading to every parser: no space or control sign, and nothing that nests a form. */
const KEY = /^[!-Z\\^-~]{1,100}$/;
/** An escaped `*` would be a rule. */
const STAR = '*';
const MOST_LEAVES = 500;

/**
 * Every value of a body with its place.
 *
 * @throws VaultError `invalid_request` for a name that two readers could take for two things, for an empty list
 * or object, which a form cannot say and a rule cannot name, and for a number that loses digits.
 */
export function leavesOf(body: Readonly<Record<string, unknown>>): Found[] {
  const found: Found[] = [];
  walk(body, [], found);
  if (found.length > MOST_LEAVES) throw unfit();
  return found;
}

function walk(value: unknown, steps: Steps, found: Found[]): void {
  if (isLeaf(value)) {
    found.push({ steps, value });
    return;
  }
  if (typeof value !== 'object' || value === null) throw unfit();
  const entries = Object.entries(value);
  // The body itself may be empty.
  if (entries.length === 0 && steps.length > 0) throw unfit();
  for (const [key, inner] of entries) {
    if (!KEY.test(key) || key === STAR || key.includes('{{') || key.includes('}}')) throw unfit();
    walk(inner, [...steps, key], found);
  }
}

function isLeaf(value: unknown): value is Leaf {
  if (typeof value === 'number') return isKept(value);
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

/** Written again as it came: a whole number that has lost digits on its way would be another amount, or another id. */
function isKept(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function unfit(): VaultError {
  return VaultError.because('invalid_request', 'forward_body', { field: 'body' });
}
