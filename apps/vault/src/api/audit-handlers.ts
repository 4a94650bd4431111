import { AuditEntry } from '@hushfield/contract/api';
import { VaultError } from '../app/vault-error.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import {
  findEntry,
  listEntries,
  type PlacedEntry,
  proveEntry,
  proveGrowth,
} from '../audit/prove.ts';
import type { Vault } from '../vault.ts';
import type { Caller, Handlers } from './bind-routes.ts';

const PAGE = 20;
const CURSOR = /^before\.(?<index>\d{1,15})$/;

type AuditHandlers = Pick<Handlers, 'listAuditEntries' | 'proveAuditEntry' | 'getAuditCheckpoint'>;

/** What a backend may see of the trail: its own tenant's entries, and proofs over the whole log. */
export function auditHandlers({ sql: database }: Vault): AuditHandlers {
  // The api role writes the trail and cannot read it; this one reads, and writes nothing.
  const reader = ({ key }: Caller) => database.as('auditor', key.tenant);
  return {
    async listAuditEntries({ query: { resource, cursor, limit = PAGE } }, caller) {
      const before = cursor === undefined ? undefined : indexOf(cursor);
      await noteReading(caller);
      const wanted = { resource, before, most: limit + 1 };
      const found = await listEntries(reader(caller), caller.key.tenant, wanted);
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      const nextCursor = last === undefined ? null : cursorOf(last);
      return { object: 'list', data: page.map(viewOf), nextCursor };
    },

    async proveAuditEntry({ params }, caller) {
      const entry = await findEntry(reader(caller), caller.key.tenant, params.id);
      if (entry === undefined) throw new VaultError('not_found');
      await noteReading(caller);
      const proof = await proveEntry(reader(caller), entry);
      if (proof === undefined) throw new VaultError('service_unavailable');
      const { leaf, state, hashes } = proof;
      return {
        object: 'audit_proof',
        entry: viewOf(entry),
        leaf,
        treeSize: state.size,
        path: hashes.map(inBase64),
        checkpoint: state.note,
      };
    },

    async getAuditCheckpoint({ query: { from = 0 } }, caller) {
      const growth = await proveGrowth(reader(caller), from);
      if (growth === undefined) throw new VaultError('not_found');
      const { state, hashes } = growth;
      return {
        object: 'audit_checkpoint',
        treeSize: state.size,
        checkpoint: state.note,
        path: hashes.map(inBase64),
      };
    },
  };
}

/** PCI DSS 10.2.1.3: who looks into the trail is in it. */
async function noteReading({ sql, key, actor, now, address, requestId }: Caller): Promise<void> {
  const act = { tenant: key.tenant, at: now, actor, action: 'audit.read', outcome: 'ok' } as const;
  await insertAudit(sql, { ...act, resource: 'audit', origin: address, requestId });
}

function viewOf({ index, entryId, tenant: _own, ...entry }: PlacedEntry): AuditEntry {
  return AuditEntry.parse({ id: entryId, object: 'audit_entry', index, ...entry });
}

function cursorOf({ index }: PlacedEntry): string {
  return Buffer.from(`before.${index}`).toString('base64url');
}

/** @throws VaultError `invalid_request` for a text that is no cursor of this list. */
function indexOf(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const index = CURSOR.exec(text)?.groups?.index;
  if (index === undefined) throw new VaultError('invalid_request');
  return Number(index);
}

function inBase64(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64');
}
