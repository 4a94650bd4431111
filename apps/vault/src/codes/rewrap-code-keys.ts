import { splitWrapped } from '@hushfield/crypto/envelope';
import type { Sql } from '../db/sql.ts';
import type { Kek } from '../keys/kek/kek.ts';
import { wrapAnew } from '../keys/kek/wrap-anew.ts';
import { codeKeyLabel } from './code-keys.ts';
import { type CodeKeyRow, listCodeKeys, replaceWrapped } from './code-key-store.ts';

/** The keys for security codes that lie under another KEK than this one. */
export async function codeKeysUnderOthers(sql: Sql, kek: number): Promise<CodeKeyRow[]> {
  return (await listCodeKeys(sql)).filter(({ wrapped }) => splitWrapped(wrapped).kek !== kek);
}

/**
 * Wraps the keys for security codes anew, as those of the key store: else a KEK that is destroyed would take
 * the codes of the hour along. Says how many.
 */
export async function rewrapCodeKeys(sql: Sql, kek: Kek, target: number): Promise<number> {
  const due = await codeKeysUnderOthers(sql, target);
  for (const { id, hour, wrapped } of due) {
    await replaceWrapped(sql, id, await wrapAnew(kek, codeKeyLabel(id, hour), wrapped));
  }
  return due.length;
}
