import { statSync } from 'node:fs';
import type { Config } from '../config.ts';
import { describeSchema } from '../db/describe-schema.ts';
import type { Database } from '../db/sql.ts';
import * as z from 'zod';

/** What is known of a deployment, without any judgement. */
export type Facts = {
  readonly engine: 'embedded' | 'postgres';
  readonly kek: 'directory' | 'pkcs11';
  readonly fieldsOrigin: string;
  readonly apiOrigin: string;
  /** Of all merchants, as far as the database tells. */
  readonly merchantOrigins: readonly string[];
  /** Registered, and not shown to be under their tenant's control. */
  readonly unprovedOrigins: number;
  /** The database's clock less ours. */
  readonly clockSkewMs: number;
  /** Whether the schema is, word for word, the one this vault was written for. */
  readonly schemaIsOurs: boolean;
  readonly server: Server | undefined;
  /** Permission bits of what must be the vault's alone: folders, and a device's PIN. */
  readonly folders: readonly { readonly path: string; readonly bits: number }[];
};

const Server = z.object({
  /** Has the rights of the roles without taking one on: as a superuser, the owner, or by inheritance. */
  mighty: z.boolean(),
  tls: z.boolean(),
  fsync: z.boolean(),
  logs_values: z.boolean(),
});
type Server = z.infer<typeof Server>;

const SERVER = `
SELECT has_table_privilege('cards', 'SELECT') AS mighty,
  coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS tls,
  current_setting('fsync')::boolean AS fsync,
  current_setting('log_parameter_max_length') <> '0' AS logs_values`;

const ORIGINS = `
SELECT array_agg(DISTINCT origin) AS all, count(*) FILTER (WHERE proved_at IS NULL)::int AS unproved
FROM origins`;
const Origins = z.object({ all: z.array(z.string()).nullable(), unproved: z.int() });
const Moment = z.object({ at: z.date() });

/** Looks at the configuration, the folders and the database. */
export async function gatherFacts(
  config: Config,
  database: Database,
  schema: string,
): Promise<Facts> {
  const { engine, owner } = database;
  const clockSkewMs = await skewOf(owner);
  const [origins] = (await database.as('admin').query(ORIGINS)).map((row) => Origins.parse(row));
  const [server] = engine === 'embedded' ? [] : await owner.query(SERVER);
  const pinFiles = config.kek.kind === 'pkcs11' ? [config.kek.pinFile] : [];
  const { fieldsOrigin, apiOrigin, dataDir, keyStoreDir } = config;
  return {
    engine,
    kek: config.kek.kind,
    fieldsOrigin,
    apiOrigin,
    merchantOrigins: origins?.all ?? [],
    unprovedOrigins: origins?.unproved ?? 0,
    clockSkewMs,
    schemaIsOurs: (await describeSchema(owner)) === schema,
    server: server && Server.parse(server),
    folders: [dataDir, keyStoreDir, ...pinFiles].flatMap(bitsOf),
  };
}

async function skewOf(owner: Database['owner']): Promise<number> {
  const before = Date.now();
  const [row] = await owner.query('SELECT clock_timestamp() AS at');
  const ours = (before + Date.now()) / 2;
  return Moment.parse(row).at.getTime() - ours;
}

function bitsOf(path: string): { path: string; bits: number }[] {
  try {
    return [{ path, bits: statSync(path).mode & 0o777 }];
  } catch {
    return [];
  }
}
