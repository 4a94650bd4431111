import { insertDeploymentAudit } from '../audit/insert-audit.ts';
import { seconds } from '../clock.ts';
import { StartError } from '../config.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
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

/**
 * Puts a new receive key in the place of all others, and publishes it at once.
 *
 * @param atOnce - that somebody may have the others: their seeds are destroyed now. What is on its way
 *   does not open; its frame loads itself anew and seals again, and takes no older list from any cache.
 * @throws StartError when nobody may sign a list with the new key: frames would stop.
 */
export async function rotateReceive(
  vault: Pick<Vault, 'sql' | 'keys' | 'receiveKeys' | 'now' | 'mode' | 'rootPublicKey'>,
  atOnce: boolean,
): Promise<ReceiveRotation> {
  const { receiveKeys } = vault;
  return aloneWithKeys(vault.sql, async (sql) => {
    if ((await manifestSigner(sql, vault, await latestManifest(sql))) === undefined)
      throw new StartError(NOBODY_SIGNS);
    const now = seconds(vault.now());
    const before = receiveKeys.list();
    const { kid } = await receiveKeys.create(windowFrom(now));
    const ended = { ending: 0, destroyed: 0 };
    for (const key of before) {
      // Nobody has sealed to a key that is still to come.
      if (atOnce || key.nbf > now) {
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
    return { kid, ...ended };
  });
}

const NOBODY_SIGNS =
  'The root has spoken for no manifest key, so no list with a new receive key can be signed; nothing was changed. See: hushfield root request --help';
