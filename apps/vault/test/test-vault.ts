import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createLog } from '../src/app/log.ts';
import { assemble } from '../src/assemble.ts';
import { type Config, readConfig } from '../src/config.ts';
import type { Database } from '../src/db/sql.ts';
import { migrate } from '../src/db/migrate.ts';
import { type Credentials, developmentMerchant } from '../src/dev/development-merchant.ts';
import { createFieldsApp } from '../src/fields/fields-app.ts';
import { loadBrandIcons } from '../src/fields/brand-icons.ts';
import { loadFonts } from '../src/fields/fonts.ts';
import { loadFrameDist } from '../src/fields/frame-dist.ts';
import { loadSdkDist } from '../src/fields/sdk-dist.ts';
import { createApiApp } from '../src/routes/api-app.ts';
import { closeKeys } from '../src/keys/forget-keys.ts';
import type { Kek } from '../src/keys/kek/kek.ts';
import { ROLES } from '../src/role.ts';
import type { Vault } from '../src/vault.ts';
import { runWorkerRound } from '../src/worker/worker.ts';
import { type EngineName, migratedDatabase } from './engines.ts';
import { writeFakeDist } from './fake-dist.ts';

/** A Monday noon, far from any month's end. */
export const NOON = Date.UTC(2026, 10, 9, 12);

export type TestVault = {
  readonly vault: Vault;
  readonly config: Config;
  readonly fields: FastifyInstance;
  readonly api: FastifyInstance;
  readonly merchant: Credentials;
  readonly folder: string;
  readonly lines: string[];
  /** The time all parts see; tests move it. */
  readonly time: { now: number };
  close(): Promise<void>;
};

export type Options = {
  readonly engine?: EngineName;
  readonly environment?: Readonly<Record<string, string>>;
  readonly database?: Database;
  /** False where the database is somebody else's to migrate. */
  readonly migrates?: boolean;
  readonly kek?: Kek;
};

/** A whole vault without listeners. */
export async function testVault(options: Options = {}) {
  const { engine = 'embedded', environment, database, migrates = true, kek } = options;
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-vault-'));
  const { fieldsDist, sdkDist } = writeFakeDist(join(folder, 'dist'));
  const config = readConfig({
    HUSHFIELD_DATA_DIR: join(folder, 'data'),
    FIELDS_DIST: fieldsDist,
    SDK_DIST: sdkDist,
    ...environment,
  });
  const lines: string[] = [];
  const time = { now: NOON };
  const own = database === undefined ? await migratedDatabase(engine) : undefined;
  const sql = database ?? own?.sql;
  if (sql === undefined) throw new Error('no database');
  if (migrates && database !== undefined) await migrate(sql.owner);
  const log = createLog('info', (line) => lines.push(line));
  const clock = () => time.now;
  const parts = { sql, now: clock, steady: clock, log };
  const vault = await assemble(config, parts, { roles: ROLES, fills: true }, kek);
  const merchant = await developmentMerchant(vault, config);
  await runWorkerRound(vault);
  const dist = {
    frames: loadFrameDist(config.fieldsDist),
    sdk: loadSdkDist(config.sdkDist),
    fonts: loadFonts(config.fontsDir),
    icons: loadBrandIcons(config.brandIconsDir),
  };
  const fields = createFieldsApp(vault, dist);
  const api = createApiApp(vault);
  const close = async () => {
    await Promise.all([fields.close(), api.close()]);
    closeKeys(vault);
    await (own?.drop() ?? sql.close());
    rmSync(folder, { recursive: true, force: true });
  };
  return { vault, config, fields, api, merchant, folder, lines, time, close } satisfies TestVault;
}
