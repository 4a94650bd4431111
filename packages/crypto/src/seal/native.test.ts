import { afterEach, expect, test, vi } from 'vitest';
import { nativeEd25519, nativeKem } from './index.ts';

afterEach(() => vi.unstubAllGlobals());

const real = globalThis.crypto.subtle;

/** This runtime's WebCrypto with some methods replaced. */
function stubSubtle(methods: object): void {
  const subtle = new Proxy(real, {
    get(target, name) {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  vi.stubGlobal('crypto', { subtle });
}

test('finds both in this runtime', async () => {
  expect((await nativeKem())?.path).toBe('native');
  expect(await nativeEd25519()).toBeTypeOf('function');
});

const unsupported = () => Promise.reject(new DOMException('no', 'NotSupportedError'));

test.each([
  ['there is no WebCrypto', () => vi.stubGlobal('crypto', undefined)],
  ['the context is insecure', () => vi.stubGlobal('crypto', {})],
  ['no algorithm is known', () => stubSubtle({ generateKey: unsupported })],
  ['keys cannot be exported', () => stubSubtle({ exportKey: unsupported })],
])('gives undefined for both when %s', async (_, arrange) => {
  arrange();
  expect([await nativeKem(), await nativeEd25519()]).toStrictEqual([undefined, undefined]);
});

test.each([
  ['is missing', undefined],
  ['is a stub that rejects', unsupported],
  [
    'answers in a wrong size',
    async () => ({ sharedKey: new ArrayBuffer(32), ciphertext: new ArrayBuffer(1087) }),
  ],
  [
    'gives a short secret',
    async () => ({ sharedKey: new ArrayBuffer(16), ciphertext: new ArrayBuffer(1088) }),
  ],
])('gives no KEM when encapsulateBits %s', async (_, encapsulateBits) => {
  stubSubtle({ encapsulateBits });
  expect(await nativeKem()).toBeUndefined();
});

test('gives no Ed25519 when every signature passes', async () => {
  stubSubtle({ verify: async () => true });
  expect(await nativeEd25519()).toBeUndefined();
});

test('Ed25519 answers false, and does not reject, for malformed keys and signatures', async () => {
  const verify = await nativeEd25519();
  const answers = [
    await verify?.(new Uint8Array(31), new Uint8Array(1), new Uint8Array(64)),
    await verify?.(new Uint8Array(32), new Uint8Array(1), new Uint8Array(63)),
  ];
  expect(answers).toStrictEqual([false, false]);
});
