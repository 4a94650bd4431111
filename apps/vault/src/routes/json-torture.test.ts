import { afterAll, beforeAll, expect, test } from 'vitest';
import { post } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { jsonTestSuite } from '../../test/vectors.ts';

let it: TestVault;
beforeAll(async () => {
  it = await testVault();
}, 60_000);
afterAll(() => it.close());

test('answers every hostile body with a refusal of the caller, never with a failure', async () => {
  const odd: [string, number][] = [];
  for (const [name, bytes] of jsonTestSuite()) {
    const { statusCode } = await post(it, bytes);
    const expected = bytes.length > 16 * 1024 ? 413 : 400;
    if (statusCode !== expected) odd.push([name, statusCode]);
  }
  expect(odd).toStrictEqual([]);
}, 60_000);
