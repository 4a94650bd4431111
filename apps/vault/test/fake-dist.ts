import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const hash = (algorithm: 'sha256' | 'sha384', text: string) =>
  `${algorithm}-${createHash(algorithm).update(text).digest('base64')}`;

export const FAKE = {
  script: 'console.log("field")',
  secretScript: 'console.log("secret")',
  style: 'p{color:red}',
  controller: 'console.log("controller")',
  fallback: 'export const kem = 1;',
  texts: 'export const textsFor = () => ({});',
  sdk: '// the SDK',
};

export const HASHES = {
  script: hash('sha256', FAKE.script),
  secretScript: hash('sha256', FAKE.secretScript),
  style: hash('sha256', FAKE.style),
  controller: hash('sha384', FAKE.controller),
  fallback: hash('sha384', FAKE.fallback),
  texts: hash('sha384', FAKE.texts),
};

/** The least that a language has. */
const FIELD_TEXTS = { wholeTitle: '', partTitle: '', expiryHint: '', messages: {}, locked: '' };
const TEXTS = (locale: string, number: string) => ({
  field: { ...FIELD_TEXTS, locale, labels: { number } },
  secret: { ...FIELD_TEXTS, locale, labels: { iban: number } },
  reveal: { locale, partTitle: '', labels: {}, copy: '', copied: '', hidden: '' },
  controller: { timeout: number },
});

/** Writes the smallest built frames and SDK that the vault takes; gives their folders. */
export function writeFakeDist(folder: string): { fieldsDist: string; sdkDist: string } {
  const fieldsDist = join(folder, 'fields');
  const sdkDist = join(folder, 'sdk', 'dist');
  mkdirSync(join(fieldsDist, 'assets'), { recursive: true });
  mkdirSync(sdkDist, { recursive: true });
  const files: Record<string, string> = {
    'fields/frames.json': JSON.stringify({
      field: {
        html: 'field.html',
        script: HASHES.script,
        style: HASHES.style,
        chunks: [{ src: '/assets/texts-1.js', integrity: HASHES.texts }],
      },
      secret: {
        html: 'secret.html',
        script: HASHES.secretScript,
        style: HASHES.style,
        chunks: [{ src: '/assets/texts-1.js', integrity: HASHES.texts }],
      },
      reveal: {
        html: 'reveal.html',
        script: HASHES.secretScript,
        style: HASHES.style,
        chunks: [{ src: '/assets/texts-1.js', integrity: HASHES.texts }],
      },
      controller: {
        html: 'controller.html',
        scripts: [{ src: '/assets/controller-1.js', integrity: HASHES.controller }],
      },
      fallback: { src: '/assets/fallback-1.js', integrity: HASHES.fallback },
    }),
    'fields/field.html': '<!doctype html><p>field</p><!--hushfield:boot--><p>end</p>',
    'fields/secret.html': '<!doctype html><p>secret</p><!--hushfield:boot--><p>end</p>',
    'fields/reveal.html': '<!doctype html><p>reveal</p><!--hushfield:boot--><p>end</p>',
    'fields/controller.html': '<!doctype html><p>controller</p><!--hushfield:boot-->',
    'fields/assets/controller-1.js': FAKE.controller,
    'fields/assets/fallback-1.js': FAKE.fallback,
    'fields/assets/texts-1.js': FAKE.texts,
    'fields/texts.json': JSON.stringify({
      en: TEXTS('en', 'Card number'),
      de: TEXTS('de', 'Kartennummer'),
    }),
    'fields/assets/notes.txt': 'not served',
    'sdk/package.json': '{"version":"1.4.2"}',
    'sdk/dist/hushfield.js': FAKE.sdk,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { fieldsDist, sdkDist };
}
