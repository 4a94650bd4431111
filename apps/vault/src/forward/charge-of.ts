import type { DestinationRecord } from '@hushfield/contract/api';
import type { Charge } from './use-grant.ts';
import type { BodyPlan } from './plan-body.ts';
import { pointerOf } from './pointer.ts';

const CURRENCY = /^[A-Za-z]{3}$/;

/**
 * What a body says is charged, where the record says it stands. A whole number of JSON and nothing else: a text
 * such as `1e3`, `0x10` or ` 5` is one number to us and may be another to whoever charges.
 */
export function chargeOf({ leaves }: BodyPlan, { amount }: DestinationRecord): Charge | undefined {
  if (amount === undefined) return undefined;
  const at = (place: string) => leaves.find(({ steps }) => pointerOf(steps) === place)?.value;
  const [value, currency] = [at(amount.value), at(amount.currency)];
  const isAmount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  const isCurrency = typeof currency === 'string' && CURRENCY.test(currency);
  if (!isAmount || !isCurrency) return undefined;
  return { amount: value, currency: currency.toUpperCase() };
}
