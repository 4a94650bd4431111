import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectedHeaders } from '../../test/expected-headers.ts';
import { HASHES } from '../../test/fake-dist.ts';
import { testVault } from '../../test/test-vault.ts';
import { loadFonts } from './fonts.ts';

/** Whatever stands behind the signature: the vault hands files on, and browsers read them. */
const FONT = Buffer.from('wOF2 of a test');
const PATH = `/fonts/${createHash('sha256').update(FONT).digest('hex').slice(0, 32)}.woff2`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushfield-fonts-'));
  writeFileSync(join(folder, 'a.woff2'), FONT);
});
afterEach(() => rmSync(folder, { recursive: true }));

const list = (text: unknown) => writeFileSync(join(folder, 'fonts.json'), JSON.stringify(text));

describe('fonts of the operator’s', () => {
  test('are one style, and files under the names of their contents', () => {
    list({ 'Sans Two': [{ file: 'a.woff2' }, { file: 'a.woff2', weight: '100 900' }] });
    const { style, hash, files } = loadFonts(folder);
    const face = (weight: string) =>
      `@font-face{font-family:"Sans Two";src:url("${PATH}") format("woff2");font-weight:${weight};font-style:normal;font-display:swap}`;
    const text = face('400') + face('100 900');
    expect(style).toBe(`<style>${text}</style>`);
    expect(hash).toBe(`sha256-${createHash('sha256').update(text).digest('base64')}`);
    expect([...files.keys()]).toStrictEqual([PATH]);
  });

  test('are none without a folder', () => {
    expect(loadFonts(undefined)).toMatchObject({ style: '', hash: undefined });
  });

  const FACE = { file: 'a.woff2' };
  test.each([
    ['a name that ends its quotes', { 'A"}*{color:red': [FACE] }],
    ['a name that ends the element', { 'A</style>': [FACE] }],
    ['a file elsewhere', { A: [{ file: '../a.woff2' }] }],
    ['a file that is not there', { A: [{ file: 'b.woff2' }] }],
    ['a weight that is more', { A: [{ ...FACE, weight: '400;src:url(//evil.example)' }] }],
    ['a range of letters', { A: [{ ...FACE, unicodeRange: 'U+30' }] }],
    ['a family without a face', { A: [] }],
    ['too many faces', { A: Array.from({ length: 20 }, () => FACE), B: Array(20).fill(FACE) }],
    ['a list', [FACE]],
  ])('attacks: refuse %s in one sentence', (_name, text) => {
    list(text);
    expect(() => loadFonts(folder)).toThrow(/^[^\n]+\.$/);
  });

  test.each([
    ['is of another kind', Buffer.from('OTTO')],
    ['is huge', Buffer.concat([FONT, Buffer.alloc(513 * 1024)])],
  ])('attacks: refuse a file that %s', (_name, body) => {
    writeFileSync(join(folder, 'a.woff2'), body);
    list({ A: [FACE] });
    expect(() => loadFonts(folder)).toThrow('is not a WOFF2 file of at most 512 KiB.');
  });

  test('attacks: open a policy to their own folder alone, and only where something is typed', async () => {
    list({ A: [FACE] });
    const environment = {
      FIELDS_ORIGIN: 'https://fields.example',
      SHOP_ORIGIN: 'https://shop.example',
      FONTS_DIR: folder,
    };
    const it = await testVault({ environment });
    const { asset, frame } = expectedHeaders('https', environment);
    const ask = (url: string) =>
      it.fields.inject({ url, headers: { 'sec-fetch-dest': 'iframe', 'accept-encoding': 'br' } });
    const field = await ask(`/f1/${it.merchant.publishableKey}/field`);
    const { hash = '', style } = loadFonts(folder);
    const own = `script-src '${HASHES.script}' '${HASHES.texts}'; style-src '${HASHES.style}' '${hash}'; connect-src 'none'`;
    expect(field.headers['content-security-policy']).toBe(
      frame(own, environment.SHOP_ORIGIN)['content-security-policy']?.replace(
        "font-src 'none'",
        'font-src https://fields.example/fonts/',
      ),
    );
    const plain = await it.fields.inject({
      url: `/f1/${it.merchant.publishableKey}/field`,
      headers: { 'sec-fetch-dest': 'iframe' },
    });
    expect(plain.body).toContain(`${style}<script type="application/json" id="boot">`);
    const controller = await ask(`/f1/${it.merchant.publishableKey}/controller`);
    expect(controller.headers['content-security-policy']).toContain("font-src 'none'");
    const file = await ask(PATH);
    expect([file.rawPayload.equals(FONT), file.headers['content-encoding']]).toStrictEqual([
      true,
      undefined,
    ]);
    expect(file.headers).toMatchObject({ ...asset, 'content-type': 'font/woff2' });
    await it.close();
  }, 60_000);
});
