import { expect, it } from 'vitest';
import { HushfieldError } from './hushfield-error.ts';
import { elementType, fallbackOf, fieldOptions, sessionText } from './options.ts';
import type { ElementOptions, ElementsOptions } from './types.ts';

const TEXTS = { message: 'Not loaded.', retry: 'Again' };

it('puts the element before its group, and the group before the defaults', () => {
  const own = { labels: { number: 'Kartennummer' }, appearance: { variables: { radius: 2 } } };
  const group = {
    locale: 'de',
    appearance: { theme: 'dark', variables: { fontSize: 18 } },
  } as const;
  expect(fieldOptions('card', own, group)).toStrictEqual({
    element: 'card',
    fields: ['number', 'expiry', 'cvc'],
    layout: 'row',
    locale: 'de',
    appearance: { theme: 'dark', labels: 'above', variables: { fontSize: 18, radius: 2 } },
    labels: { number: 'Kartennummer' },
    placeholders: {},
    disabled: false,
  });
});

it('names to a frame no option that was not said: one of before would refuse it', () => {
  const own: object = {
    title: undefined,
    preferredNetworks: undefined,
    split: undefined,
    layout: undefined,
  };
  const { layout, ...options } = fieldOptions('card', own, {});
  expect(layout).toBe('row');
  expect(Object.keys(options).sort()).toStrictEqual(
    ['element', 'fields', 'locale', 'appearance', 'labels', 'placeholders', 'disabled'].sort(),
  );
});

it('takes networks by name, also one that only a younger frame knows', () => {
  const preferredNetworks = ['dankort', 'a_new_network'];
  const given = { preferredNetworks, split: true } as ElementOptions;
  expect(fieldOptions('card', given, {})).toMatchObject(given);
});

it('gives an element that is one input that input, whatever was asked', () => {
  expect(fieldOptions('cardCvc', { fields: ['number'] }, {}).fields).toStrictEqual(['cvc']);
});

it('takes no language for the language that a page does not say', () => {
  expect(fieldOptions('card', { locale: '' }, { locale: 'de' }).locale).toBe('de');
  expect(fieldOptions('card', {}, { locale: '' }).locale).toBe('auto');
});

const refused: [string, object][] = [
  ['an unknown option', { pattern: '.*' }],
  ['a style text', { appearance: { rules: 'input{color:red}' } }],
  ['a url as colour', { appearance: { variables: { colorText: 'url(//evil.example)' } } }],
  ['a custom property as colour', { appearance: { variables: { colorText: 'var(--x)' } } }],
  ['an unknown variable', { appearance: { variables: { background: '#fff' } } }],
  ['a huge font', { appearance: { variables: { fontSize: 4000 } } }],
  ['a NaN', { appearance: { variables: { radius: Number.NaN } } }],
  ['a font that ends its quotes', { appearance: { variables: { fontFamily: 'A"}*{color:red' } } }],
  ['a font that is a list', { appearance: { variables: { fontFamily: 'Arial, Evil' } } }],
  ['a font with a long name', { appearance: { variables: { fontFamily: 'x'.repeat(41) } } }],
  ['an unknown field', { fields: ['pin'] }],
  ['no fields', { fields: [] }],
  ['an account beside a card', { fields: ['number', 'iban'] }],
  ['a field that is shown', { fields: ['shown'] }],
  ['fields as one text', { fields: 'number' }],
  ['a locale that is a path', { locale: '../../evil' }],
  ['a long label', { labels: { number: 'x'.repeat(201) } }],
  ['a label that is no text', { labels: { number: { html: '<b>' } } }],
  ['a label for nothing', { labels: { constructor: 'x' } }],
  ['networks as one text', { preferredNetworks: 'visa' }],
  ['a network that is none', { preferredNetworks: ['4242'] }],
  ['a network that is markup', { preferredNetworks: ['<b>'] }],
  ['a hundred networks', { preferredNetworks: Array(100).fill('visa') }],
  ['a halved expiry by a word', { split: 'yes' }],
  ['an environment', { env: 'DEV' }],
  ['its own type', { element: 'card' }],
  ['a fallback that is markup', { fallback: '<b>' }],
  ['a fallback with more in it', { fallback: { ...TEXTS, html: '<b>' } }],
  ['a long fallback', { fallback: { ...TEXTS, message: 'x'.repeat(201) } }],
];

it.each(refused)('refuses %s', (_, options) => {
  expect(() => fieldOptions('card', options, {})).toThrow(
    expect.objectContaining({ name: 'HushfieldError', code: 'invalid_option' }),
  );
});

it.each([
  ['the element', { fallback: TEXTS }, { fallback: false }, TEXTS],
  ['the group', {}, { fallback: TEXTS }, TEXTS],
  ['neither', {}, {}, undefined],
  ['an element that wants none', { fallback: false }, { fallback: TEXTS }, false],
] as const)('shows the texts of %s where it cannot load', (_, own, group, shown) => {
  expect(fallbackOf(own, group)).toStrictEqual(shown);
});

it.each([{}, { fallback: { message: 'x' } }])('refuses texts in part, %j before', (own) => {
  const group = { fallback: { retry: 'x' } } as unknown as ElementsOptions;
  expect(() => fieldOptions('card', own as ElementOptions, group)).toThrow(
    expect.objectContaining({
      code: 'invalid_option',
      message: expect.stringContaining('fallback'),
    }),
  );
});

it.each(['Card', 'constructor', '', undefined])('refuses %s as an element', (type) => {
  expect(() => elementType(type)).toThrow(HushfieldError);
});

it.each(['', 'x', `${'a'.repeat(40)}.${'b'.repeat(85)}`, `a.${'b'.repeat(86)}.c`, 1, null, {}])(
  'refuses %j as a session',
  (session) => {
    expect(() => sessionText(session)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  },
);

it('takes what looks like a session, and none', () => {
  expect(() => sessionText(`a-_9.${'b'.repeat(86)}`)).not.toThrow();
  expect(() => sessionText(undefined)).not.toThrow();
});
