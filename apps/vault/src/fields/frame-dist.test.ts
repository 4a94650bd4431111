import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FAKE, HASHES, writeFakeDist } from '../../test/fake-dist.ts';
import { loadFrameDist } from './frame-dist.ts';
import { loadSdkDist } from './sdk-dist.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushfield-dist-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('reads the built frames', () => {
  const dist = loadFrameDist(writeFakeDist(folder).fieldsDist);
  expect({ ...dist, assets: [...dist.assets.keys()], texts: [...dist.texts.keys()] }).toStrictEqual(
    {
      field: {
        before: '<!doctype html><p>field</p>',
        after: '<p>end</p>',
        scriptHashes: [HASHES.script, HASHES.texts],
        style: HASHES.style,
      },
      secret: {
        before: '<!doctype html><p>secret</p>',
        after: '<p>end</p>',
        scriptHashes: [HASHES.secretScript, HASHES.texts],
        style: HASHES.style,
      },
      reveal: {
        before: '<!doctype html><p>reveal</p>',
        after: '<p>end</p>',
        scriptHashes: [HASHES.secretScript, HASHES.texts],
        style: HASHES.style,
      },
      controller: {
        before: '<!doctype html><p>controller</p>',
        after: '',
        scriptHashes: [HASHES.controller, HASHES.fallback],
      },
      texts: ['en', 'de'],
      assets: ['/assets/controller-1.js', '/assets/fallback-1.js', '/assets/texts-1.js'],
    },
  );
});

test('reads the SDK and its version', () => {
  const sdk = loadSdkDist(writeFakeDist(folder).sdkDist);
  expect([sdk.version, sdk.script.body.toString()]).toStrictEqual(['1.4.2', FAKE.sdk]);
});

test.each([
  ['a document without the placeholder', 'field.html', 'x'],
  ['a document with two', 'controller.html', '<!--hushfield:boot--><!--hushfield:boot-->'],
  ['an asset that is not the built one', 'assets/fallback-1.js', 'changed'],
  ['a list of another form', 'frames.json', '{}'],
  ['texts without English', 'texts.json', '{}'],
  ['texts of another form', 'texts.json', '{"en":{}}'],
])('refuses %s in one sentence', (_name, file, text) => {
  const { fieldsDist } = writeFakeDist(folder);
  writeFileSync(join(fieldsDist, file), text);
  expect(() => loadFrameDist(fieldsDist)).toThrow(/; run npm run build\.$/);
});

test('says what to do when nothing was built', () => {
  expect(() => loadFrameDist(join(folder, 'nowhere'))).toThrow(/is missing; run npm run build\.$/);
  expect(() => loadSdkDist(join(folder, 'nowhere'))).toThrow(/is missing; run npm run build\.$/);
});
