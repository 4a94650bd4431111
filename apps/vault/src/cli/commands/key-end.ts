import * as z from 'zod';
import { StartError } from '../../config.ts';
import { mintKey, revokeKey, rollKey } from '../../tenants/issue-key.ts';
import { findKey, type StoredKey } from '../../tenants/tenant-store.ts';
import type { Vault } from '../../vault.ts';
import { asking, type Command } from '../command.ts';
import { withVault } from '../with-vault.ts';
import { Duration, KeyId } from './key-wish.ts';

const Rolled = z.strictObject({ key: KeyId, overlap: Duration.prefault('24h') });
const Revoked = z.strictObject({ key: KeyId });
const key = { type: 'string', value: 'id', says: 'the eight digits after the mode' } as const;
const issuerOf = (vault: Vault) => ({ vault, actor: 'operator', requestId: null }) as const;
const AS_ADMIN = { role: 'admin' } as const;

export const keyRoll: Command = {
  name: 'key roll',
  summary: 'make a key in the place of another; both hold for a while',
  about: `The new key may do what the old one may. Put it into the backend, wait until \`key list\` shows that the
old one is no longer used, and let it run out. With --overlap 0m the old one ends at once.`,
  example: 'hushfield key roll --key Ab3dEf9h --overlap 48h',
  options: {
    key,
    overlap: { type: 'string', value: '24h', says: 'how long both hold; 24h without' },
  },
  run: asking(Rolled, (desk, { key: keyId, overlap }) =>
    withVault(desk, async (vault) => {
      const old = await find(vault, keyId);
      const minted = await mintKey(vault, old);
      const issued = await vault.sql.transaction({ ...AS_ADMIN, tenant: old.tenant }, (sql) =>
        rollKey(sql, issuerOf(vault), old, minted, overlap),
      );
      if (issued === undefined) throw new StartError('That key has ended already; make a new one.');
      return { text: issued.key, data: issued };
    }),
  ),
};

export const keyRevoke: Command = {
  name: 'key revoke',
  summary: 'end a key now, on every node within a second',
  about: 'There is no way back. Frames of a publishable key stop taking cards at once.',
  example: 'hushfield key revoke --key Ab3dEf9h',
  options: { key },
  run: asking(Revoked, (desk, { key: keyId }) =>
    withVault(desk, async (vault) => {
      const { tenant } = await find(vault, keyId);
      const ended = await vault.sql.transaction(AS_ADMIN, (sql) =>
        revokeKey(sql, issuerOf(vault), tenant, keyId),
      );
      return { text: ended ? 'Revoked.' : 'Had ended already.', data: { keyId, ended } };
    }),
  ),
};

async function find(vault: Vault, keyId: string): Promise<StoredKey> {
  const stored = await findKey(vault.sql.as('admin'), keyId);
  if (stored === undefined) throw new StartError(`There is no key ${keyId}.`);
  return stored;
}
