import { describe, expect, it } from 'vitest';
import { judgeSecretText, secretTextOf, type TextRule } from './secret-text.ts';

const digits: TextRule = { alphabet: 'digits', minLength: 9, maxLength: 16 };
const text: TextRule = { alphabet: 'text', minLength: 1, maxLength: 4 };

describe('judgeSecretText', () => {
  it.each<[string, TextRule, boolean, boolean]>([
    ['', digits, false, true],
    ['12345678', digits, false, true],
    ['123456789', digits, true, true],
    ['12345678901234567', digits, false, false],
    ['12345678a', digits, false, false],
    ['', text, false, true],
    ['𝒳𝒴𝒵ß', text, true, true],
    ['𝒳𝒴𝒵ß1', text, false, false],
    ['a\u202eb', text, false, false],
    ['a\nb', text, false, false],
    ['a b', { ...text, alphabet: 'alphanumeric' }, false, false],
    ['a b', { ...text, alphabet: 'printable' }, true, true],
    ['ä', { ...text, alphabet: 'printable' }, false, false],
    ['4242424242424242', digits, false, false],
    ['4242424242424241', digits, true, true],
    ['123', { ...digits, minLength: 3 }, false, true],
    ['1234', text, false, false],
    ['12\u200b34', { ...text, maxLength: 9 }, false, false],
    ['৪২৪২', { ...text, maxLength: 9 }, false, false],
    ['𝟒𝟐𝟒𝟐𝟗', { ...text, maxLength: 9 }, false, false],
    ['4242 4242-4242.4242', { alphabet: 'printable', minLength: 1, maxLength: 30 }, false, true],
  ])('%j under %j: %s, %s', (given, rule, valid, potentiallyValid) => {
    expect(judgeSecretText(given, rule)).toStrictEqual({ valid, potentiallyValid });
  });
});

it('keeps a text composed, without space around it, digits as ASCII', () => {
  expect(secretTextOf(' ١٢٣４ ', digits)).toBe('1234');
  expect(secretTextOf(' e\u0301 ١ ', text)).toBe('é 1');
});
