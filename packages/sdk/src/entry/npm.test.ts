import { expect, it } from 'vitest';
import * as npm from './npm.ts';

it('exports what the README promises, and nothing else', () => {
  expect(Object.keys(npm).sort()).toStrictEqual(['HushfieldError', 'loadHushfield']);
});

it('resolves to null on a server', async () => {
  expect(
    await npm.loadHushfield('pk_test_x', { fieldsOrigin: 'https://fields.example' }),
  ).toBeNull();
});
