import { newId } from '@hushfield/crypto/token-id';
import type { Sql } from '../db/sql.ts';

/** Who did what to what, and how it ended (PCI DSS 10.2.2). Never a text from outside. */
export type Act = {
  readonly tenant: string;
  readonly at: Date;
  /** `key:<id>`, `key:<id>/<session>`, `worker` or `operator`. */
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: string;
  readonly requestId: string | null;
};

const INSERT = `
INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** Adds an entry. For acts of several statements, in the transaction of the act. */
export async function insertAudit(sql: Sql, act: Act): Promise<void> {
  const { tenant, at, actor, action, resource, outcome, requestId } = act;
  const values = [tenant, newId('aud'), at, actor, action, resource, outcome, requestId];
  await sql.query(INSERT, values, 'insert-audit');
}
