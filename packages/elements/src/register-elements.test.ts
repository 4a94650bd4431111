import { expect, it } from 'vitest';
import * as elements from './index.ts';
import { TAGS } from './tags.ts';

it('exports one function, and does nothing on a server', () => {
  expect(Object.keys(elements)).toStrictEqual(['registerHushfieldElements']);
  expect(elements.registerHushfieldElements({ prefix: 'shop' })).toBeUndefined();
  expect(globalThis.HTMLElement).toBeUndefined();
});

it('gives every type of element the tag that its name says', () => {
  for (const [type, tag] of Object.entries(TAGS)) {
    expect(tag).toBe(type.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  }
});
