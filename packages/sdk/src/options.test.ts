import { expect, it } from 'vitest';
import { HushfieldError } from './hushfield-error.ts';
import { elementType, fieldOptions, sessionText } from './options.ts';

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
    messages: undefined,
    title: undefined,
    policy: undefined,
    disabled: false,
  });
});

it('gives an element that is one input that input, whatever was asked', () => {
  expect(fieldOptions('cardCvc', { fields: ['number'] }, {}).fields).toStrictEqual(['cvc']);
});

const refused: [string, object][] = [
  ['an unknown option', { pattern: '.*' }],
  ['a style text', { appearance: { rules: 'input{color:red}' } }],
  ['a url as colour', { appearance: { variables: { colorText: 'url(//evil.example)' } } }],
  ['a custom property as colour', { appearance: { variables: { colorText: 'var(--x)' } } }],
  ['an unknown variable', { appearance: { variables: { background: '#fff' } } }],
  ['a huge font', { appearance: { variables: { fontSize: 4000 } } }],
  ['a NaN', { appearance: { variables: { radius: Number.NaN } } }],
  ['a font by name', { appearance: { variables: { fontFamily: 'Evil' } } }],
  ['an unknown field', { fields: ['pin'] }],
  ['no fields', { fields: [] }],
  ['a locale that is a path', { locale: '../../evil' }],
  ['a long label', { labels: { number: 'x'.repeat(201) } }],
  ['a label that is no text', { labels: { number: { html: '<b>' } } }],
  ['a label for nothing', { labels: { constructor: 'x' } }],
  ['an environment', { env: 'DEV' }],
];

it.each(refused)('refuses %s', (_, options) => {
  expect(() => fieldOptions('card', options, {})).toThrow(
    expect.objectContaining({ name: 'HushfieldError', code: 'invalid_option' }),
  );
});

it('strips what could turn a label around', () => {
  const labels = { number: '\u202eCard\u0000 number\u200b' };
  expect(fieldOptions('card', { labels }, {}).labels).toStrictEqual({ number: 'Card number' });
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
