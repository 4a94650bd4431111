import type { API, BodyOf, Credentials, DestinationRecord } from '@hushfield/contract/api';
import type { Asked } from '../api/named-request.ts';
import { VaultError } from '../app/vault-error.ts';
import { findDestination } from '../destinations/destination-store.ts';
import { openDestination } from '../destinations/seal-destination.ts';
import { hashOf } from '../grants/create-grant.ts';
import type { By } from '../tokens/change-tokens.ts';
import type { Vault } from '../vault.ts';
import { chargeOf } from './charge-of.ts';
import { denied } from './denied.ts';
import { judgeHeaders } from './judge-headers.ts';
import { judgePath } from './judge-path.ts';
import { type BodyPlan, planBody } from './plan-body.ts';
import { requireGrant, type WantedGrant } from './use-grant.ts';

export type ForwardBody = BodyOf<typeof API.forward>;

const TIMEOUT_MS = 10_000;
const BODILESS = new Set(['GET', 'DELETE']);

/** A request that a record lets pass, with nothing of a card in it yet. */
export type Approved = {
  readonly record: DestinationRecord;
  readonly credentials: Credentials;
  /** When its destination was last changed, as it was read: so that it can be seen whether it still holds. */
  readonly approvedAt: Date;
  readonly url: URL;
  readonly method: string;
  readonly hasBody: boolean;
  readonly headers: ReadonlyMap<string, string>;
  readonly plan: BodyPlan;
  readonly grant: WantedGrant | undefined;
  readonly within: number;
  /** That the caller waits for less than the destination may take: then a deadline says nothing of it. */
  readonly isHurried: boolean;
};

/**
 * Holds a request against the record of its destination, and against the key that asks.
 *
 * @throws VaultError `not_found`, `policy_denied`, `invalid_request`.
 */
export async function approve(
  vault: Pick<Vault, 'sql' | 'keys' | 'log'>,
  by: By,
  { key }: Asked,
  body: ForwardBody,
): Promise<Approved> {
  const { tenant } = by;
  const row = await findDestination(vault.sql.as('forwarder', tenant), by, body.destination);
  if (row === undefined || row.disabled_at !== null)
    throw VaultError.because('not_found', 'destination_gone');
  // Not before: a refusal stands in the trail under its destination, and a text that is none has room for a card number.
  requireGrant(key.forwardNeedsGrant, body.grant);
  const { envelope, updated_at: approvedAt } = row;
  const { record, credentials } = await openDestination(vault, tenant, body.destination, envelope);
  const { timeoutMs: own = TIMEOUT_MS } = record;
  const { method = 'POST', timeoutMs = own } = body;
  const hasBody = !BODILESS.has(method);
  if (!record.methods.some((each) => each === method)) throw denied('method');
  if (!hasBody && body.body !== undefined) throw denied('body');
  const url = judgePath(body.path, record);
  const headers = judgeHeaders(body.headers ?? {}, record);
  const plan = planBody(body.body ?? {}, record);
  return {
    ...{ record, credentials, approvedAt, url, method, hasBody, headers, plan },
    grant: grantOf(body, plan, record),
    within: Math.min(timeoutMs, own),
    isHurried: timeoutMs < own,
  };
}

/** A grant is for parts of one token, and for nothing beside it. */
function grantOf(
  { grant, destination }: ForwardBody,
  plan: BodyPlan,
  record: DestinationRecord,
): WantedGrant | undefined {
  if (grant === undefined) return undefined;
  const [use, ...others] = plan.uses;
  if (use === undefined || others.length > 0) throw denied('grant');
  const [token, fields] = use;
  const [id = '', secret = ''] = grant.split('.');
  const charge = chargeOf(plan, record);
  return { id, secretHash: hashOf(secret), destination, token, fields: [...fields], charge };
}
