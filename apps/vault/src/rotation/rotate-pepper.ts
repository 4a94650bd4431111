import * as z from 'zod';
import { insertDeploymentAudit } from '../audit/insert-audit.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
import { noteMade } from '../keys/newest-secrets.ts';
import { secretFiles } from '../keys/secret-files.ts';
import type { Rotating } from './rotate-data-keys.ts';
import { rotateSecret, superseded } from './rotate-secret.ts';

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
  const files = secretFiles(keys.folder, 'pepper');
  if (files.length === 1)
    return { from: await rotateSecret(vault, 'pepper'), destroyed: 0, waiting: [] };
  const from = files.at(-1)?.from ?? 0;
  const rows = await sql.as('admin').query(UNDER, [from, new Date(vault.now())]);
  const waiting = rows.map((row) => z.string().parse(row.key_id));
  const destroyed = await aloneWithKeys(sql, async (inside) => {
    // One that was made by a run which was cut off before it could say so.
    if (from > 0) await noteMade(inside, 'pepper', from, new Date(vault.now()));
    // Listed here and not before: of two runs at once, the second finds what the first has left.
    const old = waiting.length > 0 ? [] : superseded(vault, 'pepper');
    for (const each of old) {
      keys.destroySecret('pepper', each.from);
      const act = { action: 'pepper.destroy', resource: String(each.from) } as const;
      await insertDeploymentAudit(inside, { ...act, at: new Date(vault.now()) });
    }
    return old.length;
  });
  return { from, destroyed, waiting };
}
