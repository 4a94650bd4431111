import { readFileSync } from 'node:fs';
import { Credentials, DestinationRecord } from '@hushfield/contract/api';
import * as z from 'zod';
import { JsonRefused, parseStrictJson } from '../../app/strict-json.ts';
import { VaultError } from '../../app/vault-error.ts';
import { StartError } from '../../config.ts';
import { faultOf } from '../../destinations/judge-record.ts';
import { createDestination } from '../../destinations/manage-destinations.ts';
import { READY_MADE, readyMade } from '../../destinations/ready-made.ts';
import { asking, type Command, type Desk, type Input, UsageError } from '../command.ts';
import { requireTenant } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import { asAdministrator, inTenant } from './destination.ts';
import { TenantId } from './key-wish.ts';

const Asked = z.strictObject({
  tenant: TenantId,
  file: z.string().min(1).optional(),
  ready: z.enum(READY_MADE).optional(),
  host: z.string().optional(),
  credentials: z.string().min(1).optional(),
});
type Asked = z.infer<typeof Asked>;

const MOST_BYTES = 64 * 1024;

export const destinationAdd: Command = {
  name: 'destination add',
  summary: 'approve a place that cards may be sent to',
  about: `The record is a file of JSON, see docs/destinations.md, or a ready-made one: ${READY_MADE.join(', ')}. It
says the host, the paths, which part of a card may stand where, and what the vault puts in by itself; what it
does not name is refused. It is never changed: add another, and remove the first.

Credentials are one object of JSON, {"secretKey":"…"}, with the names that the record gives them: from
--credentials, or from standard input. They are sealed as cards are, and nobody can read them again.`,
  example: 'hushfield destination add --tenant ten_… --ready stripe < stripe-key.json',
  options: {
    tenant: { type: 'string', value: 'id', says: 'whose cards; see tenant list' },
    file: { type: 'string', value: 'file', says: 'the record' },
    ready: { type: 'string', value: READY_MADE.join('|'), says: 'a ready-made record instead' },
    host: { type: 'string', value: 'name', says: 'with --ready: another host than its own' },
    credentials: { type: 'string', value: 'file', says: 'the credentials; standard input without' },
  },
  run: asking(Asked, (desk, asked) =>
    withVault(desk, async (vault) => {
      const record = recordOf(asked);
      await requireTenant(vault.sql.as('admin'), asked.tenant);
      const credentials = await credentialsOf(asked, record, desk);
      const fault = faultOf(record, credentials);
      if (fault !== undefined) throw new StartError(`The record will not do. ${fault}`);
      const by = asAdministrator(vault, asked.tenant);
      const { transact } = inTenant(vault, asked.tenant);
      const made = await createDestination(vault, by, transact, { record, credentials }).catch(
        (error: unknown) => {
          if (!(error instanceof VaultError) || error.code !== 'policy_denied') throw error;
          throw new StartError('The tenant has as many destinations as it may; remove one first.');
        },
      );
      return { text: made.id, data: made };
    }),
  ),
};

function recordOf({ file, ready, host }: Asked): DestinationRecord {
  if ((file === undefined) === (ready === undefined))
    throw new UsageError('Name one record, with --file or with --ready.');
  if (ready !== undefined) {
    const record = readyMade(ready);
    return host === undefined ? record : parsed(DestinationRecord, { ...record, host }, 'record');
  }
  if (host !== undefined) throw new UsageError('The host of a record stands in its file.');
  return parsed(DestinationRecord, readJson(readFileSync(file ?? ''), 'record'), 'record');
}

async function credentialsOf(
  { credentials: file }: Asked,
  { inject }: DestinationRecord,
  { input }: Desk,
): Promise<Credentials> {
  const all = [...Object.values(inject.headers), ...Object.values(inject.body)];
  if (file === undefined && !all.some((each) => 'credential' in each)) return {};
  const bytes = file === undefined ? await piped(input) : readFileSync(file);
  try {
    return parsed(Credentials, readJson(bytes, 'credentials'), 'credentials');
  } finally {
    bytes.fill(0);
  }
}

async function piped(input: Input): Promise<Buffer> {
  if (input.isTTY === true) throw new UsageError('Pipe the credentials in, or name their file.');
  const held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new UsageError('These credentials are too long.');
    held.push(chunk);
  }
  return Buffer.concat(held);
}

type What = 'record' | 'credentials';

function readJson(bytes: Uint8Array, what: What): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    if (error instanceof JsonRefused) throw new StartError(`The ${what} are no strict JSON.`);
    throw error;
  }
}

/** @throws StartError that says which part of it will not do, and nothing of what stands there. */
function parsed<S extends typeof DestinationRecord | typeof Credentials>(
  schema: S,
  value: unknown,
  what: What,
): z.output<S> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data as z.output<S>;
  const [issue] = error.issues;
  const place = what === 'record' ? ` at ${issue?.path.join('.') || 'its top'}` : '';
  const more =
    issue?.code === 'unrecognized_keys' && what === 'record' ? `: ${issue.keys.join(', ')}` : '';
  throw new StartError(`The ${what} will not do${place}${more}. See docs/destinations.md.`);
}
