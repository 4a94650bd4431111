import { CryptoError } from '../crypto-error.ts';
import { fromBase64Url } from '../encoding/base64url.ts';
import type { Ed25519Verify } from '../seal/kem.ts';
import { parseDelegation, parseManifest } from './parse.ts';
import {
  DELEGATION_LABEL,
  MANIFEST_LABEL,
  type Env,
  type ManifestBundle,
  type ManifestKey,
  type ManifestTrust,
  type ReceiveKey,
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

async function followChain(bundle: ManifestBundle, trust: ManifestTrust, verify: Ed25519Verify) {
  const signedBy = async (key: Uint8Array, label: string, text: string, signature: string) => {
    const bytes = fromBase64Url(signature, 64);
    insist(text.length <= MAX_TEXT && bytes !== undefined);
    // Compared as a value: an injected verifier that answered anything but true must not pass.
    const answer: unknown = await verify(key, signedBytes(label, text), bytes);
    insist(answer === true);
    return text;
  };
  const delegation = parseDelegation(
    await signedBy(
      trust.rootPublicKey,
      DELEGATION_LABEL,
      bundle.delegation,
      bundle.delegationSignature,
    ),
  );
  requireCurrent(delegation, trust);
  const manifest = parseManifest(
    await signedBy(
      delegation.manifestKey,
      MANIFEST_LABEL,
      bundle.manifest,
      bundle.manifestSignature,
    ),
  );
  requireCurrent(manifest, trust);
  insist(manifest.seq >= trust.minSeq);
  return { ...newestKey(manifest.keys, trust.now), seq: manifest.seq };
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
