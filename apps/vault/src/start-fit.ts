import { seconds } from './clock.ts';
import { type Config, StartError } from './config.ts';
import { claimMode, refuseOtherMode, requireMode } from './db/deployment-mode.ts';
import { migrate, requireCurrent } from './db/migrate.ts';
import type { Database, Owner, Sql } from './db/sql.ts';
import { refuseUnfit } from './doctor/refuse-unfit.ts';
import type { NodeRole } from './role.ts';
import { delegationsInForce } from './root/delegation-store.ts';
import { trustedRoot } from './root/trusted-root.ts';
import type { Vault } from './vault.ts';
import { manifestSigner } from './worker/manifest-signer.ts';

/** Migrates, and says of which mode the database is. */
export async function bringForward(owner: Owner, mode: Config['mode']): Promise<void> {
  await refuseOtherMode(owner, mode);
  await migrate(owner);
  await claimMode(owner, mode);
}

/** @throws StartError when the database, or in live mode anything else, is not as it must be. */
export async function requireFit(
  sql: Database,
  config: Config,
  roles: readonly NodeRole[],
): Promise<void> {
  const [role = 'api'] = roles;
  if (config.mode === 'live') await refuseUnfit(config, sql, roles);
  await requireCurrent(sql, role);
  await requireMode(sql, role, config.mode);
}

/**
 * The root's word is held against the manifest key by the one role that may unwrap it. The others see that
 * there is a word; that the store is the right one, they have seen before.
 */
export async function requireSigner(vault: Vault, roles: readonly NodeRole[]): Promise<void> {
  const [role = 'api'] = roles;
  const sql = vault.sql.as(roles.includes('worker') ? 'worker' : role);
  const speaks = roles.includes('worker')
    ? (await manifestSigner(sql, vault, undefined)) !== undefined
    : (await wordsOf(sql, vault)).length > 0;
  if (!speaks)
    throw new StartError(
      'The root has spoken for no manifest key of this key store. See: hushfield root request --help',
    );
}

function wordsOf(sql: Sql, vault: Vault) {
  const trust = { root: trustedRoot(vault), env: vault.mode, now: seconds(vault.now()) };
  return delegationsInForce(sql, trust);
}
