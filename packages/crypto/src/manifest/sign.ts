import { toBase64Url } from '../encoding/base64url.ts';
import { SUITE_IDS } from '../hpke/suite.ts';
import { canonicalJson } from './canonical-json.ts';
import { kidOf } from './kid.ts';
import { parseDelegation, parseManifest } from './parse.ts';
import {
  DELEGATION_LABEL,
  MANIFEST_LABEL,
  type Delegation,
  type Manifest,
  type ManifestBundle,
  type ManifestKey,
  type SignedDelegation,
} from './payload.ts';
import { signedBytes } from './signed-text.ts';
import type { SigningKey } from './signing-key.ts';

/** A manifest before signing: kids are derived from the keys. */
export type ManifestDraft = Omit<Manifest, 'keys'> & {
  readonly keys: readonly Omit<ManifestKey, 'kid'>[];
};

/**
 * Signs a delegation with the offline root. Refuses to sign what no verifier would take.
 *
 * @throws RangeError or TypeError when the payload is malformed or lives longer than 35 days.
 * @example signDelegation(root, { env: 'live', nbf, exp, manifestKey: worker.publicKey })
 */
export function signDelegation(
  root: SigningKey,
  { env, nbf, exp, manifestKey }: Delegation,
): SignedDelegation {
  const delegation = canonicalJson({ v: 1, env, nbf, exp, manifestKey: toBase64Url(manifestKey) });
  parseDelegation(delegation);
  return { delegation, delegationSignature: signature(root, DELEGATION_LABEL, delegation) };
}

/**
 * Signs a manifest with the delegated key. Refuses to sign what no verifier would take.
 *
 * @throws RangeError or TypeError when the payload is malformed.
 * @example const bundle = { ...signDelegation(root, d), ...signManifest(worker, m) };
 */
export function signManifest(
  key: SigningKey,
  { env, seq, nbf, exp, keys }: ManifestDraft,
): Pick<ManifestBundle, 'manifest' | 'manifestSignature'> {
  const manifest = canonicalJson({ v: 1, env, seq, nbf, exp, keys: keys.map(published) });
  parseManifest(manifest);
  return { manifest, manifestSignature: signature(key, MANIFEST_LABEL, manifest) };
}

function published({ publicKey, nbf, exp }: Omit<ManifestKey, 'kid'>) {
  return { kid: kidOf(publicKey), suite: SUITE_IDS, pk: toBase64Url(publicKey), nbf, exp };
}

function signature(key: SigningKey, label: string, text: string): string {
  return toBase64Url(key.sign(signedBytes(label, text)));
}
