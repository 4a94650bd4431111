import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Hardening freezes a realm for good, so each case gets a process of its own. */
function inHardenedRealm(code: string): string {
  const harden = new URL('./harden.ts', import.meta.url).href;
  const script = `await import(${JSON.stringify(harden)}); ${code}`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  }).trim();
}

it.each([
  ['plants a setter', `Object.prototype.__defineSetter__('number', console.log)`],
  ['adds a property', `'use strict'; Object.prototype.number = 1`],
  ['replaces a method', `Array.prototype.push = console.log`],
  ['replaces toString', `Object.prototype.toString = console.log`],
  ['defines on Function', `Object.defineProperty(Function.prototype, 'x', { value: 1 })`],
  ['swaps the prototype', `Object.setPrototypeOf(Array.prototype, {})`],
])('stops a peer that %s', (_, attack) => {
  expect(
    inHardenedRealm(`try { ${attack}; console.log('planted') } catch { console.log('refused') }`),
  ).toBe('refused');
});

it('lets honest code override what it inherits', () => {
  const code = `
    const error = new Error('a'); error.name = 'Mine'; error.message = 'b';
    class Sub extends Error { constructor() { super('x'); this.name = 'Sub'; } }
    const plain = {}; plain.toString = () => 'mine'; plain.constructor = 1;
    console.log([error.name, error.message, new Sub().name, String(plain), Object.keys(plain).join()].join(' '));
  `;
  expect(inHardenedRealm(code)).toBe('Mine b Sub mine toString,constructor');
});

it('leaves zod and preact working', () => {
  const here = new URL('./', import.meta.url).href;
  const code = `
    const { createRequire } = await import('node:module');
    const require = createRequire(${JSON.stringify(here)});
    const z = await import(require.resolve('zod/mini'));
    z.config({ jitless: true });
    const bad = z.strictObject({ a: z.string() }).safeParse({ a: 1, b: 2 });
    const { h } = await import(require.resolve('preact'));
    console.log(bad.success, bad.error.issues.length, h('p', null, 'x').type);
  `;
  expect(inHardenedRealm(code)).toBe('false 2 p');
});
