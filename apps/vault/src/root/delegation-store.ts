import {
  type Delegation,
  type SignedDelegation,
  verifyDelegation,
} from '@hushfield/crypto/manifest';
import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { verifyEd25519 } from './verify-ed25519.ts';

const Stored = z.object({ delegation: z.string(), signature: z.string() });
/** A delegation a month: these are years. */
const MOST = 100;

/** A delegation that the root has signed: its words, and what they say. */
export type Installed = { readonly signed: SignedDelegation; readonly says: Delegation };

/** Which of them counts. */
export type DelegationTrust = {
  readonly root: Uint8Array;
  readonly env: 'test' | 'live';
  /** Unix seconds. */
  readonly now: number;
};

export async function insertDelegation(sql: Sql, signed: SignedDelegation, at: Date) {
  await sql.query(
    `INSERT INTO delegations (signature, delegation, installed_at) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    [signed.delegationSignature, signed.delegation, at],
  );
}

/**
 * The delegations in force, the one that ends last first. They lie in the database, which all nodes
 * share: a writer there can take them away, and cannot make one, since each is verified here.
 */
export async function delegationsInForce(sql: Sql, trust: DelegationTrust): Promise<Installed[]> {
  const rows = await sql.query(
    `SELECT delegation, signature FROM delegations ORDER BY installed_at DESC LIMIT ${MOST}`,
  );
  const found = await Promise.all(rows.map((row) => verified(Stored.parse(row), trust)));
  return found.flat().toSorted((a, b) => b.says.exp - a.says.exp);
}

async function verified(
  { delegation, signature }: z.infer<typeof Stored>,
  { root, env, now }: DelegationTrust,
): Promise<Installed[]> {
  const signed = { delegation, delegationSignature: signature };
  const says = await verifyDelegation(signed, root, verifyEd25519).catch(() => undefined);
  const holds = says?.env === env && says.nbf <= now && now < says.exp;
  return holds ? [{ signed, says }] : [];
}
