import { createPublicKey, verify } from 'node:crypto';
import {
  type Delegation,
  type Ed25519Verify,
  MAX_DELEGATION_SECONDS,
  type ManifestBundle,
  signDelegation,
  signManifest,
  verifyManifest,
} from '@hushfield/crypto/manifest';
import * as z from 'zod';
import { seconds } from '../clock.ts';
import type { Sql } from '../db/sql.ts';
import { isOver } from '../keys/receive-schedule.ts';
import type { ReceiveKey } from '../keys/receive-keys.ts';
import type { Vault } from '../vault.ts';
import { insertManifest, latestManifest, type StoredManifest } from './manifest-store.ts';

const DAY = 24 * 60 * 60;
const RENEW_DELEGATION = 7 * DAY;
const SKEW = 300;
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

const Dated = z.object({ exp: z.int() });
const Listed = z.object({ exp: z.int(), keys: z.array(z.object({ kid: z.string() })) });

type Publishing = Pick<Vault, 'mode' | 'keys' | 'receiveKeys' | 'now'>;

/** Signs and stores a manifest when the newest one no longer says what holds. */
export async function publishManifest(sql: Sql, vault: Publishing): Promise<void> {
  const now = seconds(vault.now());
  const keys = vault.receiveKeys.list().filter((key) => now < key.exp && !isOver(key, now));
  const latest = await latestManifest(sql);
  if (latest !== undefined && (await stillGood(vault, latest, keys))) return;
  // Unix minutes as a floor: the number also grows when the database was lost and begins anew.
  const seq = Math.max((latest?.seq ?? 0) + 1, Math.floor(now / 60));
  const delegation = await delegationFor(vault, latest);
  const published = await Promise.all(
    keys.map(async (key) => ({
      ...key,
      publicKey: (await vault.receiveKeys.secretOf(key)).publicKey,
    })),
  );
  const manifest = signManifest(await vault.keys.signingKey('manifest'), {
    env: vault.mode,
    seq,
    nbf: now - SKEW,
    exp: now + DAY,
    keys: published,
  });
  await insertManifest(sql, {
    seq,
    bundle: { ...delegation, ...manifest },
    createdAt: new Date(vault.now()),
  });
}

/** Whether frames accept it, it lists exactly these keys, and it is not close to its end. */
async function stillGood(
  vault: Publishing,
  latest: StoredManifest,
  keys: readonly ReceiveKey[],
): Promise<boolean> {
  const now = seconds(vault.now());
  if (!(await verifies(vault, latest.bundle, now))) return false;
  const listed = Listed.parse(JSON.parse(latest.bundle.manifest));
  const delegation = Dated.parse(JSON.parse(latest.bundle.delegation));
  const same =
    listed.keys.length === keys.length &&
    keys.every((key) => listed.keys.some(({ kid }) => kid === key.kid));
  return same && listed.exp - now > DAY / 2 && delegation.exp - now > RENEW_DELEGATION;
}

type SignedDelegation = Pick<ManifestBundle, 'delegation' | 'delegationSignature'>;

/** The delegation in use, or a new one from the root: in live mode a ceremony, here a function call. */
async function delegationFor(
  vault: Publishing,
  latest: StoredManifest | undefined,
): Promise<SignedDelegation> {
  const now = seconds(vault.now());
  const manifestKey = (await vault.keys.signingKey('manifest')).publicKey;
  // Judged at the time it was stored: a manifest that has run out says nothing against its delegation.
  const signedAt = seconds(latest?.createdAt.getTime() ?? 0);
  if (latest !== undefined && (await verifies(vault, latest.bundle, signedAt))) {
    const { delegation, delegationSignature } = latest.bundle;
    const { exp } = Dated.parse(JSON.parse(delegation));
    if (exp - now > RENEW_DELEGATION) return { delegation, delegationSignature };
  }
  const fresh: Delegation = {
    env: vault.mode,
    nbf: now - SKEW,
    exp: now - SKEW + MAX_DELEGATION_SECONDS,
    manifestKey,
  };
  return signDelegation(await vault.keys.signingKey('offline-root/root'), fresh);
}

/** Looks at a stored bundle with a frame's eyes, so that a changed row cannot stop all frames. */
async function verifies(vault: Publishing, bundle: ManifestBundle, now: number): Promise<boolean> {
  const { publicKey: rootPublicKey } = await vault.keys.signingKey('offline-root/root');
  const own = await vault.keys.signingKey('manifest');
  const ownKey = Buffer.from(own.publicKey).toString('base64url');
  const trust = { rootPublicKey, env: vault.mode, minSeq: 0, now };
  try {
    await verifyManifest(bundle, trust, verifyEd25519);
    return bundle.delegation.includes(`"manifestKey":"${ownKey}"`);
  } catch {
    return false;
  }
}

const verifyEd25519: Ed25519Verify = async (publicKey, message, signature) => {
  const key = createPublicKey({
    key: Buffer.concat([SPKI, publicKey]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, message, key, signature);
};
