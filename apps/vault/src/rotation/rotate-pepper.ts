import * as z from 'zod';
import { seconds } from '../clock.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
import { secretFiles } from '../keys/secret-files.ts';
import type { Rotating } from './rotate-data-keys.ts';

/** A node learns of a new pepper within five minutes. */
const AHEAD = 600;
/** What was asked under a name is remembered for a day, and the name is made with the pepper. */
const AFTER = 24 * 3_600 + AHEAD;

export type PepperRotation = {
  /** When the newest pepper is in use, in unix seconds. */
  readonly from: number;
  readonly destroyed: number;
  /** API keys that still need an older pepper, since nobody has used them. */
  readonly waiting: readonly string[];
};

const UNDER = `
SELECT key_id FROM api_keys WHERE pepper_from < $1 AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > $2) ORDER BY key_id`;

/**
 * Makes the next pepper, or goes on with a rotation: API keys are hashed anew as they are used, since
 * nobody has them but their owners. Peppers that no key needs any more are destroyed; while one is
 * needed, no next one is made.
 */
export async function rotatePepper(vault: Rotating): Promise<PepperRotation> {
  const { sql, keys } = vault;
  const now = seconds(vault.now());
  const files = secretFiles(keys.folder, 'pepper');
  const newest = files.at(-1)?.from ?? 0;
  if (files.length === 1) {
    const from = now + AHEAD;
    await aloneWithKeys(sql, () => keys.createSecret('pepper', from));
    return { from, destroyed: 0, waiting: [] };
  }
  const rows = await sql.as('admin').query(UNDER, [newest, new Date(vault.now())]);
  const waiting = rows.map((row) => z.string().parse(row.key_id));
  if (waiting.length > 0 || newest + AFTER > now) return { from: newest, destroyed: 0, waiting };
  const old = files.filter(({ from }) => from < newest);
  await aloneWithKeys(sql, async () => {
    for (const { from } of old) keys.destroySecret('pepper', from);
  });
  return { from: newest, destroyed: old.length, waiting };
}
