/*
 * What the vault and its PKCS#11 process say to each other. The process is ours and comes from the same
 * build; what it hands on has been checked where it is used.
 */

/** Where the device is. The PIN is read by the process that logs in, and by no other. */
export type Pkcs11Place = {
  /** The vendor's PKCS#11 library. */
  readonly module: string;
  /** The label of the token. */
  readonly token: string;
  readonly pinFile: string;
};

export type Pkcs11Call =
  | {
      readonly name: 'wrap';
      readonly context: Uint8Array;
      readonly nonce: Uint8Array;
      readonly key: Uint8Array;
    }
  | {
      readonly name: 'unwrap';
      readonly number: number;
      readonly context: Uint8Array;
      readonly nonce: Uint8Array;
      readonly ciphertext: Uint8Array;
    }
  | { readonly name: 'numbers' }
  | { readonly name: 'create' | 'destroy'; readonly number: number };

export type Pkcs11Answer =
  | { readonly number: number; readonly bytes: Uint8Array }
  | { readonly numbers: readonly number[] };

export type Pkcs11Request = { readonly id: number; readonly call: Pkcs11Call };

/**
 * `refused`: the device works, and says no to this. `lost`: it does not answer any more, and the
 * process ends. `pin`: it does not take the PIN; asked again, it would lock itself.
 */
export type Pkcs11Reply =
  | { readonly id: number; readonly answer: Pkcs11Answer }
  | {
      readonly id: number;
      readonly failure: 'refused' | 'lost' | 'pin';
      /** The name of the device's return value, for the log. */
      readonly detail: string;
    };
