import { openCheckpoint, verifierKey, verifyInclusion } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import { writeLog } from '../../audit/export-file.ts';
import { hashOf } from '../../audit/leaf-text.ts';
import { databaseLog } from '../../audit/log-source.ts';
import { DEPLOYMENT, insertDeploymentAudit } from '../../audit/insert-audit.ts';
import { findEntry, listEntries, type PlacedEntry, proveEntry } from '../../audit/prove.ts';
import type { Vault } from '../../vault.ts';
import { ownTrust } from '../audit-trust.ts';
import { asking, type Answer, type Command, UsageError } from '../command.ts';
import { columns } from '../help.ts';
import { withVault } from '../with-vault.ts';
import { TenantId } from './key-wish.ts';

const Asked = z.strictObject({
  tenant: TenantId.default(DEPLOYMENT),
  resource: z.string().min(1).max(128).optional(),
  id: z
    .string()
    .regex(/^aud_[0-9A-Za-z]{22}(?:_\d{1,3})?$/, 'is not the id of an entry')
    .optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
});

export const auditShow: Command = {
  name: 'audit show',
  summary: 'show what was done, and prove that an entry stands in the log',
  about: `Newest first, of those that have their place: when, who, what, to what, how it ended, and the request it
came with, which finds the lines in the log of that time. Without --tenant, what operators did to the
deployment. With --id, one entry of the tenant with its proof under the newest signed state. Looking leaves
an entry too.`,
  example: 'hushfield audit show --tenant ten_… --resource tok_live_…',
  options: {
    tenant: { type: 'string', value: 'id', says: 'whose entries; the deployment’s own without' },
    resource: { type: 'string', value: 'id', says: 'only those of one token, key or session' },
    id: { type: 'string', value: 'id', says: 'one entry, with its proof' },
    limit: { type: 'string', value: 'n', says: 'how many, 1 to 1000; 50 without' },
  },
  run: asking(Asked, (desk, { tenant, id, resource, limit }) =>
    withVault(desk, async (vault) => {
      await noteReading(vault);
      const sql = vault.sql.as('admin');
      if (id !== undefined) return proved(vault, await findEntry(sql, tenant, id));
      const entries = await listEntries(sql, tenant, { resource, most: limit });
      const text =
        entries.length === 0 ? 'No entries that have a place.' : columns(entries.map(cellsOf));
      return { text, data: { entries } };
    }),
  ),
};

export const auditExport: Command = {
  name: 'audit export',
  summary: 'write the whole log to a file, to be kept and verified elsewhere',
  about: `Every entry in its order, and every signed state. The file verifies without the vault: hushfield audit
verify --log. It names tokens, keys and origins of all tenants, and holds no card.`,
  example: 'hushfield audit export --to audit-2026-11.jsonl',
  options: { to: { type: 'string', value: 'file', says: 'a file that is not there yet' } },
  run: asking(z.strictObject({ to: z.string().min(1) }), (desk, { to }) =>
    withVault(desk, async (vault) => {
      await noteReading(vault);
      const log = await databaseLog(vault.sql.as('admin'));
      const count = await writeLog(to, log).catch(notWritten);
      const isWhole = count === log.size;
      const text = `${count} entries: ${to}${isWhole ? '' : `; ${log.size - count} are gone: see hushfield audit verify`}`;
      return { text, data: { entries: count, file: to }, exitCode: isWhole ? 0 : 1 };
    }),
  ),
};

export const auditKey: Command = {
  name: 'audit key',
  summary: 'print the keys that signed states of the log are verified with',
  about: `One a line, oldest first, as C2SP notes have them. Keep them where nobody who runs the vault can write, and
hand them to whoever is to verify the log without trusting it.`,
  example: 'hushfield audit key',
  options: {},
  run: (desk) =>
    withVault(desk, async (vault) => {
      const { name, keys } = await ownTrust(vault);
      const texts = keys.map((key) => verifierKey(name, key));
      return { text: texts.join('\n'), data: { keys: texts } };
    }),
};

async function noteReading({ sql, now }: Vault): Promise<void> {
  const act = { at: new Date(now()), action: 'audit.read', resource: 'audit' } as const;
  await insertDeploymentAudit(sql.as('admin'), act);
}

async function proved(vault: Vault, entry: PlacedEntry | undefined): Promise<Answer> {
  if (entry === undefined) throw new UsageError('There is no such entry of that tenant.');
  const proof = await proveEntry(vault.sql.as('admin'), entry);
  const shown = columns(Object.entries(entry).map(([name, value]) => [name, String(value ?? '')]));
  if (proof === undefined) {
    const text = `${shown}\n\nNot signed yet: within a minute.`;
    return { text, data: { entry, proved: false }, exitCode: 1 };
  }
  const { name, keys } = await ownTrust(vault);
  const { note } = proof.state;
  const state = keys
    .map((key) => openCheckpoint(note, name, key))
    .find((each) => each !== undefined);
  const holds =
    state !== undefined &&
    verifyInclusion({ index: entry.index, leaf: hashOf(entry), proof: proof.hashes, ...state });
  const word = holds ? 'Proved by' : 'NOT PROVED by';
  const data = { entry, leaf: proof.leaf, checkpoint: note, proved: holds };
  return { text: `${shown}\n\n${word} this state:\n\n${note}`, data, exitCode: holds ? 0 : 1 };
}

function cellsOf({
  index,
  at,
  actor,
  action,
  resource,
  outcome,
  requestId,
}: PlacedEntry): string[] {
  return [String(index), at, actor, action, resource, outcome, requestId ?? ''];
}

function notWritten(error: unknown): never {
  const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
  if (isThere) throw new UsageError('--to: is there already.');
  throw error;
}
