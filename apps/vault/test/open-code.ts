import { openEnvelope } from '@hushfield/crypto/envelope';
import * as z from 'zod';
import { codeKeyLabel } from '../src/codes/code-keys.ts';
import { codePlace } from '../src/codes/seal-code.ts';
import type { TestVault } from './test-vault.ts';

const Lying = z.object({
  tenant: z.string(),
  envelope: z.instanceof(Uint8Array),
  id: z.string(),
  hour: z.date(),
  wrapped: z.instanceof(Uint8Array),
});

/**
 * The security code of a token, or nothing when there is none. Only here, where the test is the owner of
 * the database and has the KEK: no role of the vault's can read what it takes.
 */
export async function openCode({ vault }: TestVault, token: string): Promise<string | undefined> {
  const [row] = await vault.sql.owner.query(
    `SELECT c.tenant, c.envelope, k.code_key_id AS id, k.hour, k.wrapped
     FROM security_codes c JOIN code_keys k USING (code_key_id) WHERE c.token_id = $1`,
    [token],
  );
  if (row === undefined) return undefined;
  const { tenant, envelope, id, hour, wrapped } = Lying.parse(row);
  const key = await vault.keys.kek.unwrap(codeKeyLabel(id, hour), wrapped);
  return Buffer.from(
    openEnvelope(() => ({ id, key }), codePlace(tenant, token), envelope),
  ).toString();
}
