import { purgeExpired } from '../db/purge-expired.ts';
import type { Sql } from '../db/sql.ts';
import { CODE_KEY_LIFE_MS } from './code-keys.ts';

/** Forgets the security codes whose time is over, and the keys whose last code is. */
export async function purgeCodes(sql: Sql, now: Date): Promise<void> {
  await purgeExpired(sql, 'security_codes', ['tenant', 'token_id'], now);
  const over = new Date(now.getTime() - CODE_KEY_LIFE_MS);
  await sql.query('DELETE FROM code_keys WHERE hour <= $1', [over]);
}
