import type { Database } from '../src/db/sql.ts';

/** What an operator's revocation writes; no route of the vault does it yet. */
export async function revokeKey(sql: Database, keyId: string, at: Date): Promise<void> {
  await sql.owner.query(
    'UPDATE api_keys SET revoked_at = $2 WHERE key_id = $1 AND revoked_at IS NULL',
    [keyId, at],
  );
}
