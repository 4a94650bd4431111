/* Rows as tokenizing writes them, without the sealing: for measurements of the database alone. */
import { randomBytes } from 'node:crypto';
import type { Sql } from '../apps/vault/src/db/sql.ts';
import type { NewRecord } from '../apps/vault/src/tokens/token-store.ts';

export const TENANT = `ten_${'A'.repeat(22)}`;
const DATA_KEY = 'k'.repeat(22);
const CODE_KEY = 'c'.repeat(22);

const id = () => randomBytes(14).toString('hex');

/** The keys that such rows are under. */
export async function makeReady(owner: Sql): Promise<void> {
  await owner.query(`INSERT INTO tenants VALUES ($1, 'scale', now())`, [TENANT]);
  await owner.query(`INSERT INTO data_keys VALUES ($1, $2, 'pan', now())`, [TENANT, DATA_KEY]);
  await owner.query(`INSERT INTO code_keys VALUES (now(), $1, '\\x00')`, [CODE_KEY]);
}

export function attempt() {
  return {
    tenant: TENANT,
    nonce: id().slice(0, 22),
    attempt: 1,
    digest: randomBytes(32),
    expiresAt: new Date(),
  };
}

export function card(): NewRecord {
  const now = new Date();
  return {
    token: {
      tenant: TENANT,
      token_id: `tok_test_${id()}`,
      mode: 'test',
      type: 'card',
      brand: 'visa',
      networks: ['visa'],
      network: null,
      last4: '4242',
      bin: null,
      exp_month: 12,
      exp_year: 2030,
      cvc_collected: true,
      fingerprint: `fp1_${id()}`,
      customer: null,
      metadata: {},
      about: null,
      created_at: now,
      expires_at: now,
    },
    dataClass: 'pan',
    envelope: randomBytes(180),
    dataKeyId: DATA_KEY,
    fingerprintKey: 1,
    schemaVersion: 1,
    code: { envelope: randomBytes(84), codeKeyId: CODE_KEY, expiresAt: now },
  };
}

export function audit() {
  return {
    entryId: `aud_${id()}`,
    at: new Date(),
    actor: 'key:x',
    origin: 'https://x.example',
    requestId: `req_${id()}`,
  };
}
