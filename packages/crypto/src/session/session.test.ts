import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fallbackEd25519 } from '../fallback/index.ts';
import { generateSigningSeed, importSigningSeed, signDelegation } from '../manifest/index.ts';
import { nativeEd25519 } from '../seal/index.ts';
import { nodeEd25519, signSession, verifySession } from './index.ts';

const key = importSigningSeed(generateSigningSeed());
const other = importSigningSeed(generateSigningSeed());
const PAYLOAD = Buffer.from('{"v":1}').toString('base64url');
const native = await nativeEd25519();
if (native === undefined) throw new Error('this Node has no Ed25519');

const ENGINES = [
  ['Node', nodeEd25519],
  ['WebCrypto', native],
  ['plain JavaScript', fallbackEd25519],
] as const;

describe.each(ENGINES)('a session’s text, verified by %s', (_name, verify) => {
  const read = (text: string, keys = [key.publicKey]) => verifySession(text, keys, verify);

  test('gives its payload under any of the keys that there are', async () => {
    const text = signSession(key, PAYLOAD);
    expect(await read(text)).toBe(PAYLOAD);
    expect(await read(text, [other.publicKey, key.publicKey])).toBe(PAYLOAD);
    expect(await read(text, [other.publicKey])).toBeUndefined();
    expect(await read(text, [])).toBeUndefined();
    expect(await read(text, [new Uint8Array(31), new Uint8Array(32)])).toBeUndefined();
  });

  test('attacks: gives nothing when any character is another', async () => {
    const text = signSession(key, PAYLOAD);
    const letters = fc.constantFrom(...'AZaz09-_.=+/ é\n');
    const property = fc.asyncProperty(fc.nat(text.length - 1), letters, async (at, letter) => {
      fc.pre(text[at] !== letter);
      expect(await read(text.slice(0, at) + letter + text.slice(at + 1))).toBeUndefined();
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

describe('a session’s text', () => {
  const read = (text: string) => verifySession(text, [key.publicKey], nodeEd25519);
  const [payload = '', signature = ''] = signSession(key, PAYLOAD).split('.');
  const spelled = Buffer.from(signature, 'base64url');

  test.each([
    ['nothing', ''],
    ['a dot', '.'],
    ['no signature', `${payload}.`],
    ['no payload', `.${signature}`],
    ['a cut signature', `${payload}.${signature.slice(0, -1)}`],
    ['a third part', `${payload}.${signature}.`],
    ['the padded spelling', `${payload}.${spelled.toString('base64').padEnd(88, '=')}`],
    // 64 bytes leave four bits of the last character unused: another letter there says the same.
    ['stray bits behind the signature', `${payload}.${signature.slice(0, -1)}${stray(signature)}`],
  ])('attacks: gives nothing for %s', async (_name, text) => {
    expect(await read(text)).toBeUndefined();
  });

  test('attacks: is no text of another kind, signed with the same key', async () => {
    const made = signDelegation(key, { env: 'test', nbf: 0, exp: 1, manifestKey: other.publicKey });
    const { delegation, delegationSignature } = made;
    for (const text of [delegation, Buffer.from(delegation).toString('base64url')])
      expect(await read(`${text}.${delegationSignature}`)).toBeUndefined();
  });

  test('attacks: is not taken from a verifier that answers anything but true', async () => {
    const text = signSession(other, PAYLOAD);
    for (const answer of [1, 'true', {}, [true]]) {
      const verify = async () => answer as unknown as boolean;
      expect(await verifySession(text, [key.publicKey], verify)).toBeUndefined();
    }
  });

  test('any text at all gives nothing, and throws nothing', async () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.string());
    const pairs = fc.tuple(texts, texts).map((parts) => parts.join('.'));
    const property = fc.asyncProperty(fc.oneof(texts, pairs), async (text) => {
      expect(await read(text)).toBeUndefined();
    });
    await fc.assert(property, { numRuns: 500 });
  });
});

function stray(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1] ?? '';
}
