import { setTimeout as sleep } from 'node:timers/promises';
import { insertDeploymentAudit } from '../audit/insert-audit.ts';
import { seconds } from '../clock.ts';
import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
import { RESCAN_MS } from '../keys/receive-keys.ts';
import { endOfRetired, windowFrom } from '../keys/receive-schedule.ts';
import type { Vault } from '../vault.ts';
import { manifestSigner } from '../worker/manifest-signer.ts';
import { latestManifest } from '../worker/manifest-store.ts';
import { publishManifest } from '../worker/publish-manifest.ts';

export type ReceiveRotation = {
  /** The key that frames seal to from now on. */
  readonly kid: string;
  /** Opened for a while, for documents that began with them. */
  readonly ending: number;
  readonly destroyed: number;
};

const KNOWN_EVERYWHERE_MS = RESCAN_MS + 100;

type Rotated = Pick<Vault, 'sql' | 'keys' | 'receiveKeys' | 'now' | 'mode' | 'rootPublicKey'>;

/**
 * Puts a new receive key in the place of all others, and publishes it at once.
 *
 * @param atOnce - that somebody may have the others: their seeds are destroyed now. What is on its way
 *   does not open; its frame loads itself anew and seals again, and takes no older list from any cache.
 *   That list is there before the first seed goes: cut off before it, nothing is lost, and after it the
 *   worker destroys the seeds at their early end, or this does when it is run again.
 * @throws StartError when nobody may sign a list with the new key: frames would stop.
 */
export async function rotateReceive(vault: Rotated, atOnce: boolean): Promise<ReceiveRotation> {
  const { kid, before, ending, destroyed } = await aloneWithKeys(vault.sql, (sql) =>
    replaceAll(sql, vault, atOnce),
  );
  if (!atOnce) return { kid, ending, destroyed };
  const { receiveKeys } = vault;
  await aloneWithKeys(vault.sql, async () => {
    for (const key of receiveKeys.list()) if (before.has(key.kid)) receiveKeys.destroy(key);
  });
  return { kid, ending: 0, destroyed: before.size };
}

async function replaceAll(sql: Sql, vault: Rotated, atOnce: boolean) {
  const { receiveKeys } = vault;
  if ((await manifestSigner(sql, vault, await latestManifest(sql))) === undefined)
    throw new StartError(NOBODY_SIGNS);
  const now = seconds(vault.now());
  const existing = receiveKeys.list();
  const { kid } = await receiveKeys.create(windowFrom(now));
  // No frame may seal to it before every node can open that.
  await sleep(KNOWN_EVERYWHERE_MS);
  const ended = { ending: 0, destroyed: 0 };
  for (const key of existing) {
    // Nobody has sealed to a key that is still to come.
    if (key.nbf > now) {
      receiveKeys.destroy(key);
      ended.destroyed += 1;
    } else if (key.exp > now) {
      await receiveKeys.endEarly(key, endOfRetired(now));
      ended.ending += 1;
    }
  }
  await publishManifest(sql, vault, atOnce);
  const at = new Date(vault.now());
  await insertDeploymentAudit(sql, { at, action: 'receive.rotate', resource: kid });
  return { kid, before: new Set(existing.map((key) => key.kid)), ...ended };
}

const NOBODY_SIGNS =
  'The root has spoken for no manifest key, so no list with a new receive key can be signed; nothing was changed. See: hushfield root request --help';
