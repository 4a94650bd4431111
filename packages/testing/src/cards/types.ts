/** A card that a vault in test mode takes. */
export type TestCard = {
  /** Digits without gaps. */
  readonly number: string;
  /** `MMYY`, some years ahead. */
  readonly expiry: string;
  readonly cvc: string;
  /** As the state of an element and the token name it. */
  readonly brand: string;
  /** Of a co-badged card, both; the brand first. */
  readonly networks: readonly string[];
};

/** A card that no token comes of, and what is said instead. */
export type RefusedCard = {
  readonly number: string;
  readonly expiry: string;
  readonly cvc: string;
  /** `error.code` of `tokenize`. */
  readonly code: string;
  /** `error.field`. */
  readonly field: 'number' | 'expiry' | 'cvc';
  /** Who finds it: the field before anything is sent, or the vault. */
  readonly by: 'field' | 'vault';
};
