import type { ElementType } from '@hushfield/sdk';
import { expect, expectTypeOf, it } from 'vitest';
import * as elements from './index.ts';
import { type Tag, tagOf, TYPES } from './tags.ts';

it('exports one function, and does nothing on a server', () => {
  expect(Object.keys(elements)).toStrictEqual(['registerHushfieldElements']);
  expect(elements.registerHushfieldElements({ prefix: 'shop' })).toBeUndefined();
  expect(globalThis.HTMLElement).toBeUndefined();
});

it('gives every type of element the tag that its name says', () => {
  expect(TYPES.map(tagOf)).toStrictEqual([
    ...['card', 'card-number', 'card-expiry', 'card-cvc', 'cardholder-name', 'postal-code'],
    ...['iban', 'account-number', 'text', 'reveal', 'copy-button'],
  ]);
  expectTypeOf<(typeof TYPES)[number]>().toEqualTypeOf<ElementType>();
  expectTypeOf<'account-number' | 'text'>().toExtend<Tag>();
});
