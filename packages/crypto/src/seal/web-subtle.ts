/**
 * The little of WebCrypto that we call, typed by us: published type libraries do not know ML-KEM
 * yet (WICG "Modern Algorithms in the Web Cryptography API"), and differ between DOM and Node.
 */
export type WebSubtle = {
  generateKey(algorithm: string, extractable: boolean, usages: string[]): Promise<WebKeyPair>;
  importKey(
    format: string,
    key: Uint8Array,
    algorithm: string,
    extractable: boolean,
    usages: string[],
  ): Promise<WebKey>;
  exportKey(format: string, key: WebKey): Promise<ArrayBuffer>;
  deriveBits(
    algorithm: { name: string; public: WebKey },
    key: WebKey,
    bits: number,
  ): Promise<ArrayBuffer>;
  encapsulateBits(
    algorithm: string,
    key: WebKey,
  ): Promise<{ sharedKey: ArrayBuffer; ciphertext: ArrayBuffer }>;
  sign(algorithm: string, key: WebKey, message: Uint8Array): Promise<ArrayBuffer>;
  verify(
    algorithm: string,
    key: WebKey,
    signature: Uint8Array,
    message: Uint8Array,
  ): Promise<boolean>;
};

type WebKey = { readonly type: string };
type WebKeyPair = { readonly publicKey: WebKey; readonly privateKey: WebKey };

/** Undefined outside a secure context. Any method may still be missing or throw: probe it. */
export function webSubtle(): WebSubtle | undefined {
  const scope: { crypto?: { subtle?: unknown } } = globalThis;
  return scope.crypto?.subtle as WebSubtle | undefined;
}
