import { expect, it } from 'vitest';
import { documentOf, ElementType, FIELDS_OF, isShowing } from './names.ts';

const OF_CARD = ['number', 'expiry', 'cvc', 'name', 'postalCode'];

// By its inputs: an element that is added to the list is judged here too.
it.each(ElementType.options)('knows where %s stands, and whether it shows something', (element) => {
  const [first = ''] = FIELDS_OF[element];
  expect(documentOf(element)).toBe(OF_CARD.includes(first) ? 'field' : element);
  expect(isShowing(element)).toBe(first === 'shown');
});
