import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadHushfield } from '@hushfield/sdk';
import type { ReactNode } from 'react';
import { renderToStaticMarkup, renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import * as react from './index.ts';
import {
  CardCvcElement,
  CardElement,
  HushfieldProvider,
  useElements,
  useHushfield,
} from './index.ts';

const promise = loadHushfield('pk_test_x', { fieldsOrigin: 'https://fields.example' });

function Seen() {
  return JSON.stringify([useHushfield(), useElements()]);
}

const inside = (children: ReactNode) => (
  <HushfieldProvider hushfield={promise} options={{ locale: 'de' }}>
    {children}
  </HushfieldProvider>
);

it('exports what the README promises, and nothing else', () => {
  expect(Object.keys(react).sort()).toStrictEqual([
    'AccountNumberElement',
    'CardCvcElement',
    'CardElement',
    'CardExpiryElement',
    'CardNumberElement',
    'CardholderNameElement',
    'CopyButtonElement',
    'HushfieldProvider',
    'IbanElement',
    'PostalCodeElement',
    'RevealElement',
    'TextElement',
    'useElements',
    'useHushfield',
  ]);
});

it('renders on a server to the container alone', () => {
  const page = inside(
    <>
      <CardElement id="card" className="wide field" options={{ fields: ['number'] }} />
      <CardCvcElement onReady={() => expect.unreachable()} />
    </>,
  );
  const html = '<div id="card" class="wide field"></div><div></div>';
  expect(renderToStaticMarkup(page)).toBe(html);
  expect(renderToString(page)).toBe(html);
});

it('has neither an instance nor a group on a server', () => {
  expect(renderToStaticMarkup(inside(<Seen />))).toBe('[null,null]');
});

it.each([
  ['<CardCvcElement>', <CardCvcElement key="" />],
  ['useHushfield()', <Seen key="" />],
])('says that %s stands outside of a provider', (who, node) => {
  expect(() => renderToStaticMarkup(node)).toThrow(
    new Error(`${who} needs a <HushfieldProvider> around it`),
  );
});

it('may be rendered by a server component', () => {
  const text = readFileSync(new URL('../dist/index.js', import.meta.url), 'utf8');
  expect(text).toMatch(/^["']use client["'];/);
});

it('touches nothing when what ships is imported', () => {
  const script = `
    const names = () => Object.getOwnPropertyNames(globalThis).sort().join();
    const before = names();
    for (const name of ['window', 'document', 'navigator', 'customElements']) {
      Object.defineProperty(globalThis, name, { get() { throw new Error(name + ' was read'); } });
    }
    const after = names();
    await import(${JSON.stringify(import.meta.resolve('../dist/index.js'))});
    console.log(after === names() && before !== after);`;
  const args = ['--input-type=module', '--eval', script];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('true\n');
});
