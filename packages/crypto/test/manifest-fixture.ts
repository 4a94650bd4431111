import {
  canonicalJson,
  generateSigningSeed,
  importSigningSeed,
  type ManifestBundle,
  type ManifestTrust,
  type SigningKey,
  signDelegation,
  signManifest,
} from '../src/manifest/index.ts';
import { DELEGATION_LABEL, MANIFEST_LABEL } from '../src/manifest/payload.ts';
import { signedBytes } from '../src/manifest/signed-text.ts';
import { importReceiveSeed } from '../src/open/index.ts';

export const NOW = 1_790_000_000;
export const HOUR = 3600;
export const DAY = 24 * HOUR;

export const root = importSigningSeed(generateSigningSeed());
export const worker = importSigningSeed(generateSigningSeed());
export const stranger = importSigningSeed(generateSigningSeed());

const key = (fill: number) => importReceiveSeed(new Uint8Array(32).fill(fill)).publicKey;
export const keys = {
  older: { publicKey: key(1), nbf: NOW - 20 * HOUR, exp: NOW + 4 * HOUR },
  newer: { publicKey: key(2), nbf: NOW - 2 * HOUR, exp: NOW + 22 * HOUR },
  future: { publicKey: key(3), nbf: NOW + 6 * HOUR, exp: NOW + 30 * HOUR },
};

export const delegation = {
  env: 'live' as const,
  nbf: NOW - DAY,
  exp: NOW + 30 * DAY,
  manifestKey: worker.publicKey,
};
export const manifest = {
  env: 'live' as const,
  seq: 7,
  nbf: NOW - HOUR,
  exp: NOW + DAY,
  keys: [keys.older, keys.future, keys.newer],
};
export const trust: ManifestTrust = {
  rootPublicKey: root.publicKey,
  env: 'live',
  minSeq: 7,
  now: NOW,
};

export function bundleOf(
  delegated: Partial<typeof delegation> = {},
  published: Partial<typeof manifest> = {},
): ManifestBundle {
  return {
    ...signDelegation(root, { ...delegation, ...delegated }),
    ...signManifest(worker, { ...manifest, ...published }),
  };
}

/** Signs any text at all: what a careless or captured signer could bring forth. */
export function signText(signer: SigningKey, label: string, text: string): string {
  return Buffer.from(signer.sign(signedBytes(label, text))).toString('base64url');
}

/** A bundle whose texts are changed and then properly signed. */
export function resigned(change: {
  delegation?: (text: string) => string;
  manifest?: (text: string) => string;
}): ManifestBundle {
  const honest = bundleOf();
  const delegated = change.delegation?.(honest.delegation) ?? honest.delegation;
  const published = change.manifest?.(honest.manifest) ?? honest.manifest;
  return {
    delegation: delegated,
    delegationSignature: signText(root, DELEGATION_LABEL, delegated),
    manifest: published,
    manifestSignature: signText(worker, MANIFEST_LABEL, published),
  };
}

/** Rewrites a canonical text through its value, canonically. */
export const edited =
  (edit: (value: Record<string, unknown>) => unknown) =>
  (text: string): string => {
    const value = JSON.parse(text);
    return canonicalJson(edit(value) ?? value);
  };
