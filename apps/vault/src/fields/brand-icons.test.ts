import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectedHeaders } from '../../test/expected-headers.ts';
import { HASHES } from '../../test/fake-dist.ts';
import { testVault } from '../../test/test-vault.ts';
import { loadBrandIcons } from './brand-icons.ts';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><path d="M0 0h3v2H0z"/></svg>';
const PNG = Buffer.from('89504e470d0a1a0a00', 'hex');
const WEBP = Buffer.from('RIFF\0\0\0\0WEBPVP8 ');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushfield-icons-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, body: string | Buffer = SVG) => writeFileSync(join(folder, name), body);

describe('pictures of networks', () => {
  test('are one style, in the order of their names', () => {
    put('visa.svg');
    put('dankort.png', PNG);
    put('maestro.webp', WEBP);
    put('.gitkeep', '');
    const { style, hash } = loadBrandIcons(folder);
    const text = style.replace(/^<style>|<\/style>$/g, '');
    expect(hash).toBe(`sha256-${createHash('sha256').update(text).digest('base64')}`);
    expect(
      [...text.matchAll(/\.brand\[data-brand=(\w+)\]/g)].map(([, name]) => name),
    ).toStrictEqual(['dankort', 'maestro', 'visa']);
    expect(text).toContain(`url(data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')})`);
  });

  test('are none without a folder, and without a file', () => {
    const none = { style: '', hash: undefined };
    expect(loadBrandIcons(undefined)).toStrictEqual(none);
    expect(loadBrandIcons(folder)).toStrictEqual(none);
  });

  const KIND = /is not what its ending says\.$/;
  const SIZE = /is no file of at most 8 KiB\.$/;
  const NAME =
    /is not named by a network and \.svg, \.png or \.webp\. Networks are: visa, .*, naranja\.$/;
  test.each([
    ['a network that is none', 'paypal.svg', SVG, NAME],
    ['the unknown network', 'unknown.svg', SVG, NAME],
    ['a name that ends the selector', 'visa]{}*{color:red}.svg', SVG, NAME],
    ['a name without a network', '.svg.svg2', SVG, undefined],
    ['another ending', 'visa.gif', 'GIF89a', NAME],
    ['no ending', 'visa', SVG, NAME],
    ['a page for a picture', 'visa.svg', '<!doctype html><svg></svg>', KIND],
    ['a picture of another kind', 'visa.png', SVG, KIND],
    ['a huge picture', 'visa.svg', SVG + ' '.repeat(8 * 1024), SIZE],
    ['an empty one', 'visa.webp', '', KIND],
  ])('attacks: refuse %s in one sentence', (_what, name, body, words) => {
    put(name, body);
    if (words === undefined) return expect(loadBrandIcons(folder).hash).toBeUndefined();
    return expect(() => loadBrandIcons(folder)).toThrow(words);
  });

  test.each([
    ['a declaration', '<?xml version="1.0"?>\n'],
    ['a comment', '<!-- Drawn by a program: <b> -->\n'],
    [
      'all that there may be',
      '\uFEFF<?xml version="1.0"?><!-- a --><!DOCTYPE svg PUBLIC "x" "y"><!-- b -->',
    ],
  ])('may begin with %s', (_what, before) => {
    put('visa.svg', before + SVG);
    expect(loadBrandIcons(folder).hash).toBeDefined();
  });

  test('attacks: refuse a folder for a picture', () => {
    mkdirSync(join(folder, 'visa.svg'));
    expect(() => loadBrandIcons(folder)).toThrow(SIZE);
  });

  test('attacks: refuse more than 48 KiB together', () => {
    for (const name of ['visa', 'mastercard', 'amex', 'jcb', 'mir', 'elo', 'troy'])
      put(`${name}.svg`, SVG + ' '.repeat(7_500));
    expect(() => loadBrandIcons(folder)).toThrow(/more than 48 KiB together\.$/);
  });

  test('attacks: refuse two pictures of one network', () => {
    put('visa.png', PNG);
    put('visa.svg');
    expect(() => loadBrandIcons(folder)).toThrow('visa.svg is a second picture of a network.');
  });

  test('attacks: refuse a folder that is not there', () => {
    expect(() => loadBrandIcons(join(folder, 'none'))).toThrow(/cannot be read\.$/);
  });

  test('attacks: open the policy of a card’s document alone, and to no address', async () => {
    put('visa.svg');
    const environment = {
      FIELDS_ORIGIN: 'https://fields.example',
      SHOP_ORIGIN: 'https://shop.example',
      BRAND_ICONS_DIR: folder,
    };
    const it = await testVault({ environment });
    const { frame } = expectedHeaders('https', environment);
    const ask = (name: string) =>
      it.fields.inject({
        url: `/f1/${it.merchant.publishableKey}/${name}`,
        headers: { 'sec-fetch-dest': 'iframe' },
      });
    const field = await ask('field');
    const { hash = '', style } = loadBrandIcons(folder);
    const own = `script-src '${HASHES.script}' '${HASHES.texts}'; style-src '${HASHES.style}' '${hash}'; connect-src 'none'`;
    expect(field.headers['content-security-policy']).toBe(
      frame(own, environment.SHOP_ORIGIN)['content-security-policy']?.replace(
        "img-src 'none'",
        'img-src data:',
      ),
    );
    expect(field.body).toContain(`${style}<script type="application/json" id="boot">`);
    for (const name of ['iban', 'reveal', 'controller']) {
      const other = await ask(name);
      expect(other.headers['content-security-policy']).toContain("img-src 'none'");
      expect(other.body).not.toContain('data-brand');
    }
    await it.close();
  }, 60_000);
});
