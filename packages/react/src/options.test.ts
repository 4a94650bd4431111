import { expect, it } from 'vitest';
import { elementOptions, updateOf } from './options.ts';

const NONE = { appearance: undefined, locale: undefined };
const SHARED = { locale: 'de', appearance: { theme: 'dark', variables: { radius: 4 } } } as const;

it('puts what a provider says behind what an element says', () => {
  expect(elementOptions(SHARED)).toStrictEqual(SHARED);
  const own = { locale: 'fr', disabled: true, appearance: { variables: { spacing: 8 } } };
  expect(elementOptions(SHARED, own)).toStrictEqual({
    locale: 'fr',
    disabled: true,
    appearance: { theme: 'dark', variables: { radius: 4, spacing: 8 } },
  });
});

it('names no locale where nobody did, so that the instance is asked', () => {
  expect(Object.keys(elementOptions(NONE))).toStrictEqual(['appearance']);
});

it('takes back what is no longer said', () => {
  expect(updateOf({ disabled: true, locale: 'de' }, { locale: 'fr', layout: 'row' })).toStrictEqual(
    {
      disabled: undefined,
      locale: 'fr',
      layout: 'row',
    },
  );
});
