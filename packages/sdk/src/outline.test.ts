import { expect, it } from 'vitest';
import { fieldOptions } from './options.ts';
import { outlineOf } from './outline.ts';
import type { ElementType } from './types.ts';

const ALL = ['number', 'expiry', 'cvc', 'name', 'postalCode'] as const;

/** Whether these are what a field says, the browser's own measure tells: `e2e/journeys/loading.spec.ts`. */
const rows: [string, ElementType, object, number, number][] = [
  ['a row', 'card', {}, 640, 101],
  ['a row that does not fit', 'card', {}, 619, 185],
  ['a row that just fits', 'card', {}, 620, 101],
  ['a row without an expiry', 'card', { fields: ['number', 'cvc'] }, 640, 185],
  ['a row of five', 'card', { fields: ALL }, 640, 268],
  ['a row of five that does not fit', 'card', { fields: ALL }, 320, 352],
  ['an order of its own', 'card', { fields: ['expiry', 'number', 'cvc'] }, 320, 268],
  ['a column', 'card', { layout: 'column' }, 640, 268],
  ['a grid', 'card', { layout: 'grid' }, 640, 185],
  ['one input', 'cardNumber', {}, 640, 101],
  ['no label', 'cardCvc', { appearance: { labels: 'none' } }, 100, 75],
  ['a floating label', 'cardCvc', { appearance: { labels: 'floating' } }, 100, 83],
  ['nothing but text', 'cardCvc', { appearance: { theme: 'none' } }, 100, 93],
  ['a big font', 'cardCvc', { appearance: { variables: { fontSize: 28 } } }, 100, 145],
  ['much room', 'cardCvc', { appearance: { variables: { spacing: 32 } } }, 100, 127],
];

it.each(rows)('is as high as the element: %s', (_, type, options, width, height) => {
  const { padding } = outlineOf(fieldOptions(type, options, {}), width);
  expect(padding).toBe(`${height}px 0 0`);
});
