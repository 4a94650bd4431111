import { CryptoError } from '../crypto-error.ts';
import { fromBase64Url } from '../encoding/base64url.ts';
import type { Ed25519Verify } from '../seal/kem.ts';
import { parseDelegation, parseManifest } from './parse.ts';
import {
  DELEGATION_LABEL,
  MANIFEST_LABEL,
  type Delegation,
  type Env,
  type ManifestBundle,
  type ManifestKey,
  type ManifestTrust,
  type ReceiveKey,
  type SignedDelegation,
} from './payload.ts';
import { signedBytes } from './signed-text.ts';

const MAX_TEXT = 65_536;
type Dated = { readonly nbf: number; readonly exp: number };

/**
 * Follows root → delegation → manifest → receive key and gives the newest key that is valid now.
 * Each text is verified over the bytes as received before any of it is parsed.
 *
 * @throws CryptoError `manifest_invalid`: forged, expired, not yet valid, of the other env, rolled
 * back below `minSeq`, delegated for more than 35 days, malformed, or without a valid key.
 * @example const { kid, publicKey } = await verifyManifest(bundle, trust, verify);
 */
export async function verifyManifest(
  bundle: ManifestBundle,
  trust: ManifestTrust,
  verify: Ed25519Verify,
): Promise<ReceiveKey> {
  try {
    return await followChain(bundle, trust, verify);
  } catch {
    throw new CryptoError('manifest_invalid');
  }
}

/**
 * Reads what the root has said of a manifest key, for whoever keeps it until it is published. Whether it
 * is of the right env and holds now is for the caller to say; `verifyManifest` judges both anew.
 *
 * @throws CryptoError `manifest_invalid`: not the root's word, or malformed.
 * @example const { exp, manifestKey } = await verifyDelegation(signed, rootPublicKey, verify);
 */
export async function verifyDelegation(
  { delegation, delegationSignature }: SignedDelegation,
  rootPublicKey: Uint8Array,
  verify: Ed25519Verify,
): Promise<Delegation> {
  try {
    await requireSignature(verify, rootPublicKey, {
      label: DELEGATION_LABEL,
      text: delegation,
      signature: delegationSignature,
    });
    return parseDelegation(delegation);
  } catch {
    throw new CryptoError('manifest_invalid');
  }
}

async function followChain(bundle: ManifestBundle, trust: ManifestTrust, verify: Ed25519Verify) {
  const delegation = await verifyDelegation(bundle, trust.rootPublicKey, verify);
  requireCurrent(delegation, trust);
  await requireSignature(verify, delegation.manifestKey, {
    label: MANIFEST_LABEL,
    text: bundle.manifest,
    signature: bundle.manifestSignature,
  });
  const manifest = parseManifest(bundle.manifest);
  requireCurrent(manifest, trust);
  insist(manifest.seq >= trust.minSeq);
  return { ...newestKey(manifest.keys, trust.now), seq: manifest.seq };
}

type Signed = { readonly label: string; readonly text: string; readonly signature: string };

async function requireSignature(
  verify: Ed25519Verify,
  key: Uint8Array,
  { label, text, signature }: Signed,
): Promise<void> {
  const bytes = fromBase64Url(signature, 64);
  insist(text.length <= MAX_TEXT && bytes !== undefined);
  // Compared as a value: an injected verifier that answered anything but true must not pass.
  const answer: unknown = await verify(key, signedBytes(label, text), bytes);
  insist(answer === true);
}

function requireCurrent(signed: Dated & { readonly env: Env }, trust: ManifestTrust): void {
  insist(signed.env === trust.env && isCurrent(signed, trust.now));
}

function isCurrent({ nbf, exp }: Dated, now: number): boolean {
  return nbf <= now && now < exp;
}

function newestKey(keys: readonly ManifestKey[], now: number): ManifestKey {
  const newest = keys
    .filter((key) => isCurrent(key, now))
    .reduce<ManifestKey | undefined>(
      (a, b) => (a !== undefined && a.nbf >= b.nbf ? a : b),
      undefined,
    );
  insist(newest !== undefined);
  return newest;
}

// Throws without saying what was wrong: the one catch above gives the one answer.
function insist(condition: boolean): asserts condition {
  if (!condition) throw new CryptoError('manifest_invalid');
}
