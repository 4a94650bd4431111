import * as z from 'zod';
import { listKeys, type StoredKey } from '../../tenants/tenant-store.ts';
import { asking, type Command } from '../command.ts';
import { columns } from '../help.ts';
import { requireKnown } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import { TenantId } from './key-wish.ts';

const Asked = z.strictObject({ tenant: TenantId });
const ENDED_SHOWN_MS = 30 * 86_400_000;

export const keyList: Command = {
  name: 'key list',
  summary: 'list a tenant’s keys, without the keys themselves',
  about: 'Newest first, with those that ended in the last thirty days.',
  example: 'hushfield key list --tenant ten_…',
  options: { tenant: { type: 'string', value: 'id', says: 'whose keys' } },
  run: asking(Asked, (desk, { tenant }) =>
    withVault(desk, async ({ sql, now }) => {
      await requireKnown(sql.as('admin'), tenant);
      const since = new Date(now() - ENDED_SHOWN_MS);
      const keys = await listKeys(sql.as('admin'), tenant, since);
      const rows = keys.map((key) => rowOf(key, now()));
      return { text: columns([HEAD, ...rows]), data: { keys: keys.map(withoutHash) } };
    }),
  ),
};

const HEAD = ['kind', 'mode', 'id', 'state', 'last used', 'terms', 'scopes or origins', 'label'];

function rowOf(key: StoredKey, now: number): string[] {
  const { kind, mode, keyId, lastUsedAt, scopes, origins, label } = key;
  const used = lastUsedAt?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never';
  const may = kind === 'pk' ? origins : scopes;
  return [kind, mode, keyId, stateOf(key, now), used, termsOf(key), may.join(' '), label];
}

function termsOf({ sessionsRequired, forwardNeedsGrant, binDigits }: StoredKey): string {
  const terms = [
    ...(sessionsRequired ? ['session'] : []),
    ...(forwardNeedsGrant ? ['grant'] : []),
    ...(binDigits > 0 ? [`BIN ${binDigits}`] : []),
  ];
  return terms.join(', ');
}

function stateOf({ revokedAt, expiresAt }: StoredKey, now: number): string {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt === null) return 'in force';
  return expiresAt.getTime() <= now ? 'expired' : `until ${expiresAt.toISOString().slice(0, 16)}`;
}

function withoutHash({ hash: _hash, ...key }: StoredKey): Omit<StoredKey, 'hash'> {
  return key;
}
