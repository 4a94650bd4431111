/*
 * Builds the frame documents.
 *
 * field.html, for cards, secret.html, for all else that is typed, and reveal.html, for what is shown, are
 * made of one template, element.html. They carry their whole app inline: one request, one cache entry for
 * all kinds of field, and the policy names the hash of that one script. controller.html loads one external
 * script under its hash. The chunk for engines without the native primitives is one self-contained file,
 * because a chunk that imports another could not be pinned.
 *
 * frames.json tells the vault what to put into the policies, and texts.json what a document of each
 * language is told.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import preact from '@preact/preset-vite';
import { build, type Rolldown } from 'vite';
import { CONTROLLER_TEXTS, FIELD_TEXTS, REVEAL_TEXTS, SECRET_TEXTS } from './src/locales/index.ts';
import {
  browserAliases,
  browserTargets,
  minifiedTwice,
  withoutLiveHandlers,
} from '../../vite.config.ts';

const here = import.meta.dirname;
const dist = join(here, 'dist');

type Bundle = { code: string; css: string };

async function bundle(entry: string): Promise<Bundle> {
  const result = (await build({
    configFile: false,
    root: here,
    logLevel: 'warn',
    resolve: { alias: browserAliases },
    plugins: [
      preact({ devToolsEnabled: false, prefreshEnabled: false }),
      withoutLiveHandlers,
      minifiedTwice(),
    ],
    build: {
      write: false,
      target: [...browserTargets],
      minify: true,
      cssMinify: true,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: {
        checks: { pluginTimings: false },
        input: join(here, entry),
        preserveEntrySignatures: 'strict',
        output: { codeSplitting: false },
      },
    },
  })) as Rolldown.RolldownOutput;
  const chunks = result.output.filter((output) => output.type === 'chunk');
  const [chunk] = chunks;
  if (!chunk || chunks.length !== 1) throw new Error(`${entry} did not give exactly one chunk`);
  const css = result.output.find((output) => output.fileName.endsWith('.css'));
  return { code: chunk.code.trim(), css: css?.type === 'asset' ? String(css.source).trim() : '' };
}

function digest(algorithm: 'sha256' | 'sha384', text: string): string {
  return `${algorithm}-${createHash(algorithm).update(text).digest('base64')}`;
}

/** Writes a script under a name that holds its hash, so that it may be cached for ever. */
function emit(name: string, code: string): { src: string; integrity: string } {
  const integrity = digest('sha384', code);
  const short = createHash('sha256').update(code).digest('hex').slice(0, 12);
  const file = `${name}-${short}.js`;
  writeFileSync(join(dist, 'assets', file), code);
  return { src: `/assets/${file}`, integrity };
}

/** Firefox keeps a module that failed to load as failed, by its whole address: each try has its own. */
const TRIES = ['', '#2', '#3', '#4'];
/** For what a field can do without. */
const TWICE = TRIES.slice(0, 2);

function pinned({ src, integrity }: { src: string; integrity: string }, fragment = ''): string {
  return `<script type="module" src="${src}${fragment}" integrity="${integrity}" crossorigin></script>`;
}

/** Inert until the document needs it. Trusted Types forbid to write such an element at run time. */
function inert(id: string, asset: { src: string; integrity: string }, tries = TRIES): string {
  return `<template id="${id}">${tries.map((to) => pinned(asset, to)).join('')}</template>`;
}

function page(name: string, template: string, parts: Readonly<Record<string, string>>): void {
  let html = readFileSync(join(here, template), 'utf8');
  for (const [slot, text] of Object.entries(parts)) {
    html = html.replace(`<!--hushfield:${slot}-->`, () => text);
  }
  writeFileSync(join(dist, name), html);
}

/** A script that held this text would end itself in the middle. */
function assertInlineable(code: string): void {
  if (/<\/script|<!--/i.test(code)) throw new Error('the field script cannot stand inline');
}

/** What an element's document is called until it speaks, where it has its script, the words of all languages, and what it may fetch later. */
const ENTRIES = {
  field: {
    title: 'Card',
    script: 'src/field/main.tsx',
    texts: 'src/locales/chunk.ts',
    more: 'src/more/chunk.ts',
  },
  secret: {
    title: 'Secret',
    script: 'src/secret/main.tsx',
    texts: 'src/locales/secret-chunk.ts',
    more: undefined,
  },
  reveal: {
    title: 'Reveal',
    script: 'src/reveal/main.ts',
    texts: 'src/locales/reveal-chunk.ts',
    more: undefined,
  },
} as const;

/** Writes a document that carries its whole app; says what its policy must name. */
async function inlined(name: keyof typeof ENTRIES, looks: { src: string; integrity: string }) {
  const { title, script, texts: words, more } = ENTRIES[name];
  const texts = emit(`${name}-texts`, (await bundle(words)).code);
  const chunks = new Map([['texts', texts]]);
  if (more) chunks.set('more', emit('more', (await bundle(more)).code));
  const { code, css } = await bundle(script);
  assertInlineable(code);
  const html = `${name}.html`;
  page(html, 'element.html', {
    title,
    chunks: [
      ...[...chunks].map(([id, chunk]) => inert(id, chunk, TWICE)),
      inert('looks', looks, TRIES.slice(0, 1)),
    ].join(''),
    style: `<style>${css}</style>`,
    script: `<script type="module">${code}</script>`,
  });
  const hashes = { script: digest('sha256', code), style: digest('sha256', css) };
  return { html, ...hashes, chunks: [looks, ...chunks.values()] };
}

async function main(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(join(dist, 'assets'), { recursive: true });

  const looks = emit('looks', (await bundle('src/looks/chunk.ts')).code);
  const field = await inlined('field', looks);
  const secret = await inlined('secret', looks);
  const reveal = await inlined('reveal', looks);

  const fallback = emit('fallback', (await bundle('src/controller/fallback.ts')).code);
  const controller = emit('controller', (await bundle('src/controller/main.ts')).code);
  page('controller.html', 'controller.html', {
    fallback: inert('fallback', fallback),
    script: pinned(controller),
  });

  const frames = {
    field,
    secret,
    reveal,
    controller: { html: 'controller.html', scripts: [controller] },
    fallback,
  };
  writeFileSync(join(dist, 'frames.json'), `${JSON.stringify(frames, null, 2)}\n`);
  const words = Object.keys(FIELD_TEXTS).map((locale) => [
    locale,
    {
      field: FIELD_TEXTS[locale],
      secret: SECRET_TEXTS[locale],
      reveal: REVEAL_TEXTS[locale],
      controller: CONTROLLER_TEXTS[locale],
    },
  ]);
  writeFileSync(join(dist, 'texts.json'), JSON.stringify(Object.fromEntries(words)));
}

await main();
