import { canaryNumber } from '../../e2e/support/cards.ts';
import type { Card } from './ledger.ts';

const PREFIXES = ['42424242', '40000000', '55555555', '60111111'] as const;
const YEARS_AHEAD = 3;
let made = 0;

/** A card that nobody has had before, of those that test mode takes. */
export function newCard(): Card {
  made += 1;
  const prefix = PREFIXES[made % PREFIXES.length] ?? PREFIXES[0];
  const expYear = new Date().getUTCFullYear() + YEARS_AHEAD;
  return { number: canaryNumber(prefix), expMonth: 1 + (made % 12), expYear };
}
