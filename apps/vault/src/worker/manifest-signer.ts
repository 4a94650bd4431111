import {
  importSigningSeed,
  MAX_DELEGATION_SECONDS,
  type SignedDelegation,
  type SigningKey,
  signDelegation,
  verifyManifest,
} from '@hushfield/crypto/manifest';
import * as z from 'zod';
import { seconds } from '../clock.ts';
import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { delegationsInForce, isForKey, isOvertaken } from '../root/delegation-store.ts';
import { trustedRoot } from '../root/trusted-root.ts';
import { verifyEd25519 } from '../root/verify-ed25519.ts';
import type { Vault } from '../vault.ts';
import type { StoredManifest } from './manifest-store.ts';

export const DAY = 24 * 60 * 60;
export const SKEW = 300;
const RENEW_DELEGATION = 7 * DAY;

const Delegated = z.object({ exp: z.int(), manifestKey: z.string() });

export type Publishing = Pick<Vault, 'mode' | 'keys' | 'receiveKeys' | 'now' | 'rootPublicKey'>;

/** Who signs manifests, and by what word of the root. */
export type Signer = {
  readonly key: SigningKey;
  /** Since when the key is there, in unix seconds: tells it from others of its name. */
  readonly from: number;
  readonly signed: SignedDelegation;
  /** When the word ends, in unix seconds. */
  readonly ends: number;
};

/**
 * Nobody, in live mode, as long as the root has not spoken for a key of this store.
 *
 * @throws StartError where lists are signed by the word of another root that was installed after ours.
 */
export async function manifestSigner(
  sql: Sql,
  vault: Publishing,
  latest: StoredManifest | undefined,
): Promise<Signer | undefined> {
  return vault.mode === 'live' ? delegatedSigner(sql, vault, latest) : ownSigner(vault, latest);
}

/** The newest manifest key that the root has spoken for. One that waits for its word signs nothing. */
async function delegatedSigner(
  sql: Sql,
  vault: Publishing,
  latest: StoredManifest | undefined,
): Promise<Signer | undefined> {
  const now = seconds(vault.now());
  const root = trustedRoot(vault);
  const installed = await delegationsInForce(sql, { root, env: vault.mode, now });
  for (const { from, key: seed } of (await vault.keys.secrets('manifest')).toReversed()) {
    const key = importSigningSeed(seed);
    const own = installed.find(({ says }) => isForKey(says, key.publicKey));
    if (own === undefined) continue;
    const { signed } = own;
    if (
      latest !== undefined &&
      (await isOvertaken(sql, root, { own: signed, other: latest.bundle }))
    )
      throw new StartError(ANOTHER_ROOT);
    return { key, from, signed, ends: own.says.exp };
  }
  return undefined;
}

const ANOTHER_ROOT =
  'Lists of receive keys are signed by the word of another root, installed later than that of the one in ROOT_PUBLIC_KEY here; nothing is signed. Set ROOT_PUBLIC_KEY to the newer one on every node.';

/** Test mode: the root is here. Its word is kept for as long as it holds, then given anew. */
async function ownSigner(vault: Publishing, latest: StoredManifest | undefined): Promise<Signer> {
  const { from, key: seed } = await vault.keys.secretInUse('manifest');
  const key = importSigningSeed(seed);
  const now = seconds(vault.now());
  // Judged at the time it was stored: a manifest that has run out says nothing against its delegation.
  const signedAt = seconds(latest?.createdAt.getTime() ?? 0);
  if (latest !== undefined && (await verifies(vault, latest, signedAt))) {
    const { delegation, delegationSignature } = latest.bundle;
    const { exp, manifestKey } = Delegated.parse(JSON.parse(delegation));
    const isOwn = manifestKey === Buffer.from(key.publicKey).toString('base64url');
    if (isOwn && exp - now > RENEW_DELEGATION)
      return { key, from, signed: { delegation, delegationSignature }, ends: exp };
  }
  const root = await vault.keys.signingKey('offline-root/root');
  const ends = now - SKEW + MAX_DELEGATION_SECONDS;
  const fresh = { env: vault.mode, nbf: now - SKEW, exp: ends, manifestKey: key.publicKey };
  return { key, from, signed: signDelegation(root, fresh), ends };
}

/** Looks at a stored bundle with a frame's eyes, so that a changed row cannot stop all frames. */
export async function verifies(
  vault: Publishing,
  { bundle }: StoredManifest,
  now: number,
): Promise<boolean> {
  const rootPublicKey = trustedRoot(vault);
  const trust = { rootPublicKey, env: vault.mode, minSeq: 0, now };
  return verifyManifest(bundle, trust, verifyEd25519).then(
    () => true,
    () => false,
  );
}
