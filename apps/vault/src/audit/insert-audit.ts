import { newId } from '@hushfield/crypto/token-id';
import type { Sql } from '../db/sql.ts';
import type { Action } from './catalogue.ts';

/** Who did what to what, and how it ended (PCI DSS 10.2.2). Never a text from outside. */
export type Act = {
  readonly tenant: string;
  readonly at: Date;
  /** `key:<id>`, `key:<id>/<session>`, `worker` or `operator`. */
  readonly actor: string;
  readonly action: Action;
  readonly resource: string;
  readonly outcome: string;
  /** Of a page, or the address that the request came from; nothing for an operator or a worker. */
  readonly origin?: string | null;
  readonly requestId: string | null;
};

const INSERT = `
INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, origin, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

/** Adds an entry. For acts of several statements, in the transaction of the act. */
export async function insertAudit(sql: Sql, act: Act): Promise<void> {
  const { tenant, at, actor, action, resource, outcome, origin = null, requestId } = act;
  const whose = [tenant, newId('aud'), at, actor];
  const values = [...whose, action, resource, outcome, origin, requestId];
  await sql.query(INSERT, values, 'insert-audit');
}

/**
 * The tenant of acts that belong to none: keys of the deployment, its root, who its tenants are. No
 * tenant can have this id, so that no API key reads these entries; and they stand in the one table, in
 * the one order, that every other entry does.
 */
export const DEPLOYMENT = `ten_${'0'.repeat(22)}`;

/** Adds an entry of an act on the deployment, of an operator's unless it says another, in its transaction. */
export async function insertDeploymentAudit(
  sql: Sql,
  act: Pick<Act, 'at' | 'action' | 'resource'> & { readonly actor?: 'worker' },
): Promise<void> {
  const whole = { actor: 'operator', ...act, tenant: DEPLOYMENT, outcome: 'ok', requestId: null };
  await insertAudit(sql, whole);
}
