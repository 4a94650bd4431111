import type { DestinationRecord, ForwardField } from '@hushfield/contract/api';
import { VaultError } from '../app/vault-error.ts';
import { denied } from './denied.ts';
import { type Placeholder, placeholderIn } from './placeholder.ts';
import { covers, overlap, pointerOf } from './pointer.ts';
import { type Found, leavesOf } from './walk-body.ts';
import { isWayClear } from './way-to.ts';

/** A value of the caller's own, or what stands for a part of a token. */
export type Planned = Found & { readonly part: Placeholder | undefined };

/** A body that a destination takes, before anything of a token is in it. */
export type BodyPlan = {
  readonly leaves: readonly Planned[];
  /** What is sent of each token. */
  readonly uses: ReadonlyMap<string, ReadonlySet<ForwardField>>;
};

const MOST_TOKENS = 20;

/**
 * Holds a body against a record: each value stands where one of its kind may, and nothing else does. What the
 * vault puts in itself is refused in every spelling, so that a stolen key cannot have a card charged for
 * another account; and an amount has one spelling, so that what a grant is held against is what is charged.
 *
 * @throws VaultError `policy_denied` with the place; `invalid_request`.
 */
export function planBody(
  body: Readonly<Record<string, unknown>>,
  record: DestinationRecord,
): BodyPlan {
  const ours = Object.keys(record.inject.body);
  const blocked = ours.find((place) => !isWayClear(body, place));
  if (blocked !== undefined) throw denied('body', blocked);
  const uses = new Map<string, Set<ForwardField>>();
  const leaves = leavesOf(body).map((leaf) => {
    const at = pointerOf(leaf.steps);
    const part = typeof leaf.value === 'string' ? placeholderIn(leaf.value) : undefined;
    const places = part === undefined ? record.body : (record.fields[part.field] ?? []);
    const isApproved =
      part === undefined ? places.some((rule) => covers(rule, at)) : places.includes(at);
    if (!isApproved || ours.some((own) => overlap(own, at)) || isTwin(record, at))
      throw denied('body', at);
    if (part !== undefined) noted(uses, part);
    return { ...leaf, part };
  });
  if (uses.size > MOST_TOKENS)
    throw VaultError.because('invalid_request', 'placeholder', { field: 'body' });
  return { leaves, uses };
}

/** Whether a reader could take a place for that of the amount or its currency, which it is not. */
function isTwin({ amount }: DestinationRecord, at: string): boolean {
  const places = amount === undefined ? [] : [amount.value, amount.currency];
  return places.some((place) => place !== at && overlap(place, at));
}

function noted(uses: Map<string, Set<ForwardField>>, { token, field }: Placeholder): void {
  uses.set(token, (uses.get(token) ?? new Set()).add(field));
}
