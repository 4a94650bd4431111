/** Which kind of key and card a deployment's part deals in; never mixed. */
export type Env = 'test' | 'live';

/** What the offline root signs: that `manifestKey` (Ed25519) may sign manifests. Unix seconds. */
export type Delegation = {
  readonly env: Env;
  readonly nbf: number;
  readonly exp: number;
  readonly manifestKey: Uint8Array;
};

/** One receive key as published: valid from `nbf` up to but not including `exp`, unix seconds. */
export type ManifestKey = {
  readonly kid: string;
  readonly publicKey: Uint8Array;
  readonly nbf: number;
  readonly exp: number;
};

/** What the delegated key signs. `seq` only ever grows; a smaller one is a roll-back. */
export type Manifest = {
  readonly env: Env;
  readonly seq: number;
  readonly nbf: number;
  readonly exp: number;
  readonly keys: readonly ManifestKey[];
};

/**
 * The wire form. `delegation` and `manifest` are the exact texts that were signed; signatures are
 * unpadded base64url of 64 bytes.
 */
export type ManifestBundle = {
  readonly delegation: string;
  readonly delegationSignature: string;
  readonly manifest: string;
  readonly manifestSignature: string;
};

/** What the root has signed, as it travels before there is a manifest under it. */
export type SignedDelegation = Pick<ManifestBundle, 'delegation' | 'delegationSignature'>;

/** What a verifier knows beforehand, from the fields role and never from the API. */
export type ManifestTrust = {
  readonly rootPublicKey: Uint8Array;
  readonly env: Env;
  readonly minSeq: number;
  /** Unix seconds: the document's time plus elapsed, as shoppers' clocks are wrong. */
  readonly now: number;
};

/** The key to seal to: 1,216 bytes, its id, and the manifest's `seq` to remember as `minSeq`. */
export type ReceiveKey = ManifestKey & { readonly seq: number };

/** A delegation may not live longer than 35 days, so that a stolen manifest key ages out. */
export const MAX_DELEGATION_SECONDS = 35 * 24 * 60 * 60;
/** More keys than overlapping daily ones could ever be are a mistake or an attack. */
export const MAX_MANIFEST_KEYS = 16;
/** In front of the signed text: a signature over one kind can never pass for the other. */
export const DELEGATION_LABEL = 'hushfield/v1/delegation';
export const MANIFEST_LABEL = 'hushfield/v1/manifest';
