import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressed, compressNow, encodingFor } from './compressed.ts';

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['br;q=0.5, gzip', 'br'],
  ['br;q=0, gzip;q=1.0', 'gzip'],
  ['gzip;q=0.000', 'identity'],
  ['brx, xgzip', 'identity'],
  ['BR', 'br'],
  ['', 'identity'],
  [undefined, 'identity'],
])('answers %s with %s', (accepted, encoding) => {
  expect(encodingFor(accepted)).toBe(encoding);
});

test('gives back what went in', () => {
  const text = 'a field document '.repeat(1000);
  const { br, gzip, identity } = compressed(Buffer.from(text));
  const bodies = [brotliDecompressSync(br), gunzipSync(gzip), identity];
  const now = [
    brotliDecompressSync(compressNow(text, 'br')),
    gunzipSync(compressNow(text, 'gzip')),
    compressNow(text, 'identity'),
  ];
  expect([...bodies, ...now].map(String)).toStrictEqual(Array(6).fill(text));
  expect(br.length).toBeLessThan(text.length / 10);
});
