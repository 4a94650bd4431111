import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { seconds } from '../clock.ts';
import type { Config } from '../config.ts';
import { describeSchema, extendsSchema } from '../db/describe-schema.ts';
import { isAhead } from '../db/migrate.ts';
import { type Doing, rolesOf } from '../db/roles-of.ts';
import type { Database, Role, Sql } from '../db/sql.ts';
import { holdsRoot } from '../keys/secret-files.ts';
import { knowsDataKey } from '../keys/tenant-files.ts';
import { delegationInUse } from '../root/delegation-store.ts';
import { siteOf } from '../tenants/fields-site.ts';
import { latestManifest } from '../worker/manifest-store.ts';

/** What is known of a deployment, without any judgement. */
export type Facts = {
  readonly mode: 'test' | 'live';
  readonly engine: 'embedded' | 'postgres';
  readonly kek: 'directory' | 'pkcs11';
  readonly fieldsOrigin: string;
  readonly apiOrigin: string;
  /** Whether a merchant registered an origin on the site of the fields. */
  readonly sharesSite: boolean;
  /** Registered, and not shown to be under their tenant's control. */
  readonly unprovedOrigins: number;
  /** Hosts within that the vault may call all the same: a destination's, and an endpoint's for webhooks. */
  readonly letThrough: {
    readonly destinations: readonly string[];
    readonly webhooks: readonly string[];
  };
  /** Whether the configuration says which root counts. */
  readonly rootIsPinned: boolean;
  /** Whether a root's seed lies in the key store. */
  readonly rootIsHere: boolean;
  /** For how long the root's word for the manifest key in use holds; nothing when it does not. */
  readonly delegatedForMs: number | undefined;
  /** The database's clock less ours. */
  readonly clockSkewMs: number;
  /** Whether the schema is, word for word, the one this vault was written for; of a newer one, that one and more. */
  readonly schemaIsOurs: boolean;
  /** Whether it is of a newer version that lets this one go on. */
  readonly schemaIsAhead: boolean;
  /** Roles that this login needs and is no member of. */
  readonly missingRoles: readonly string[];
  readonly server: Server | undefined;
  /** Data keys that the database knows and the key store does not. Only commands may look. */
  readonly lostKeys: number;
  /** Permission bits of what must be the vault's alone: folders, and a device's PIN. */
  readonly folders: readonly { readonly path: string; readonly bits: number }[];
};

const Server = z.object({
  /** As a number: 150004 is 15.4. */
  version: z.int(),
  /** Has the rights of the roles without taking one on: as a superuser, the owner, or by inheritance. */
  mighty: z.boolean(),
  tls: z.boolean(),
  /** Whether what it acknowledges is on its disk, and whole. */
  durable: z.boolean(),
  checksums: z.boolean(),
  /** Whether what it acknowledges is on another server's disk too. */
  standbys: z.boolean(),
  /** Whether one of those is there now, as far as this login may see. */
  standby_there: z.boolean(),
  /** Whether its log is kept, to restore to a point in time. */
  archives: z.boolean(),
  /** Whether what keeps it has taken the last piece. */
  archive_takes: z.boolean(),
  logs_values: z.boolean(),
  /** Whether passwords that are set from now on are kept as SCRAM. */
  scram: z.boolean(),
  ends_idle: z.boolean(),
  /** Machines that serve at this moment. */
  nodes: z.int(),
});
export type Server = z.infer<typeof Server>;

const on = (setting: string) => `current_setting('${setting}')::boolean`;
const SERVER = `
SELECT current_setting('server_version_num')::integer AS version,
  has_table_privilege('cards', 'SELECT') AS mighty,
  coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS tls,
  ${on('fsync')} AND ${on('full_page_writes')} AND current_setting('synchronous_commit') <> 'off' AS durable,
  ${on('data_checksums')} AS checksums,
  current_setting('synchronous_standby_names') <> ''
    AND current_setting('synchronous_commit') NOT IN ('off', 'local') AS standbys,
  EXISTS (SELECT FROM pg_stat_replication WHERE sync_state IS NULL OR sync_state IN ('sync', 'quorum')) AS standby_there,
  current_setting('archive_mode') <> 'off'
    AND (current_setting('archive_command') NOT IN ('', '(disabled)') OR coalesce(current_setting('archive_library', true), '') <> '')
    AS archives,
  (SELECT last_failed_time IS NULL OR coalesce(last_archived_time > last_failed_time, false) FROM pg_stat_archiver)
    AS archive_takes,
  current_setting('log_parameter_max_length') <> '0'
    OR current_setting('log_parameter_max_length_on_error') <> '0'
    OR current_setting('log_error_verbosity') <> 'terse' AS logs_values,
  current_setting('password_encryption') = 'scram-sha-256' AS scram,
  current_setting('idle_in_transaction_session_timeout') <> '0' AS ends_idle,
  (SELECT count(DISTINCT application_name)::integer FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'hushfield/%') AS nodes`;

const Origins = z.object({ shares_site: z.boolean(), unproved: z.int() });
const Moment = z.object({ at: z.date() });

/** Who looks, and at which schema. */
export type View = {
  /** All that the process is for. */
  readonly does: readonly Doing[];
  /** As it should be. */
  readonly schema: string;
};

/** Looks at the configuration, the folders and the database. Changes nothing, and needs no key. */
export async function gatherFacts(
  config: Config,
  database: Database,
  { does, schema }: View,
): Promise<Facts> {
  const { engine, owner } = database;
  const role = lookerOf(does);
  const { mode, fieldsOrigin, apiOrigin, dataDir, keyStoreDir } = config;
  const [server] = engine === 'embedded' ? [] : await unlessNotMigrated(() => owner.query(SERVER));
  const schemaIsAhead = await isAhead(database, role);
  const found = await describeSchema(owner);
  const pinFiles =
    config.kek.kind === 'pkcs11' ? [config.kek.pinFile].filter(isInOpen(config)) : [];
  return {
    mode,
    engine,
    kek: config.kek.kind,
    fieldsOrigin,
    apiOrigin,
    ...(await originFacts(database.as(role), fieldsOrigin)),
    letThrough: { destinations: config.egress.allowed, webhooks: config.egress.webhooks },
    rootIsPinned: config.rootPublicKey !== undefined,
    rootIsHere: holdsRoot(keyStoreDir),
    delegatedForMs: await delegatedFor(database.as(role), config),
    clockSkewMs: await skewOf(owner),
    schemaIsOurs: schemaIsAhead ? extendsSchema(found, schema) : found === schema,
    schemaIsAhead,
    missingRoles: await missingOf(owner, rolesOf(does)),
    server: server && Server.parse(server),
    lostKeys: role === 'admin' ? await lostKeys(database.as('rotator'), keyStoreDir) : 0,
    folders: [dataDir, keyStoreDir, ...pinFiles].flatMap(bitsOf),
  };
}

/** A role that this process may take on. */
function lookerOf([first = 'api']: View['does']): Extract<
  Role,
  'admin' | 'api' | 'fields' | 'worker'
> {
  return first === 'the command line' ? 'admin' : first;
}

/** Those that it may not take on: a step that needs one fails by itself, and the rest goes on as if all were well. */
async function missingOf(owner: Sql, needed: readonly string[]): Promise<string[]> {
  const rows = await owner.query(
    `SELECT needed FROM unnest($1::text[]) AS needed WHERE NOT EXISTS (
       SELECT FROM pg_roles WHERE rolname = needed AND pg_has_role(oid, 'MEMBER'))`,
    [needed],
  );
  return rows.map((row) => String(row.needed));
}

async function originFacts(sql: Sql, fieldsOrigin: string) {
  const [row] = await unlessNotMigrated(() =>
    sql.query('SELECT shares_site, unproved FROM origin_facts($1)', [siteOf(fieldsOrigin)]),
  );
  const { shares_site: sharesSite, unproved } =
    row === undefined ? { shares_site: false, unproved: 0 } : Origins.parse(row);
  return { sharesSite, unprovedOrigins: unproved };
}

async function delegatedFor(
  sql: Sql,
  { mode, rootPublicKey: root }: Config,
): Promise<number | undefined> {
  if (root === undefined) return undefined;
  const now = Date.now();
  const trust = { root, env: mode, now: seconds(now) };
  const [word] = await unlessNotMigrated(async () => {
    const latest = await latestManifest(sql);
    return [await delegationInUse(sql, trust, latest?.bundle.delegation)];
  }, MAY_NOT_YET);
  return word && word.says.exp * 1000 - now;
}

/** An older schema has none of what is asked; that it is older is said by another rule. */
async function unlessNotMigrated<T>(
  ask: () => Promise<readonly T[]>,
  also?: string,
): Promise<readonly T[]> {
  try {
    return await ask();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (NOT_THERE.has(code) || (also !== undefined && code === also)) return [];
    throw error;
  }
}

/** `undefined_table`, `undefined_function`, and a role that nobody has made. */
const NOT_THERE: ReadonlySet<unknown> = new Set(['42P01', '42883', '22023']);
/** `insufficient_privilege`: before 0015, `doctor` could not see the lists. */
const MAY_NOT_YET = '42501';

async function skewOf(owner: Database['owner']): Promise<number> {
  const before = Date.now();
  const [row] = await owner.query('SELECT clock_timestamp() AS at');
  const ours = (before + Date.now()) / 2;
  return Moment.parse(row).at.getTime() - ours;
}

/**
 * What the service manager hands over lies where this process alone may look, and shows its right to as one of
 * a group.
 */
function isInOpen({ credentialsDir }: Config): (path: string) => boolean {
  return (path) => credentialsDir === undefined || dirname(path) !== resolve(credentialsDir);
}

const DataKeyRow = z.object({ tenant: z.string(), id: z.string() });

/** Those of a store that is an older copy than the database. A key that is being introduced is a draft still. */
async function lostKeys(sql: Sql, folder: string): Promise<number> {
  const rows = await unlessNotMigrated(
    () =>
      sql.query(
        'SELECT tenant, data_key_id AS id FROM data_keys WHERE destroyed_at IS NULL ORDER BY tenant',
      ),
    MAY_NOT_YET,
  );
  const known = rows.map((row) => DataKeyRow.parse(row));
  return known.filter(({ tenant, id }) => !knowsDataKey(folder, tenant, id)).length;
}

function bitsOf(path: string): { path: string; bits: number }[] {
  try {
    return [{ path, bits: statSync(path).mode & 0o777 }];
  } catch {
    return [];
  }
}
