import { expect, it } from 'vitest';
import { editKind, isAutofill, isHistory, isOneSign } from './edits.ts';

const input = (inputType?: string, data?: string | null) =>
  Object.assign(new Event('input'), inputType === undefined ? {} : { inputType, data });

it.each([
  ['insertText', '4', 'insert'],
  ['insertText', '٤', 'insert'],
  ['insertText', '', 'insert'],
  ['insertText', '2031-03', 'replace'],
  ['insertFromPaste', '4', 'replace'],
  ['insertCompositionText', '4', 'replace'],
  ['deleteContentBackward', null, 'deleteBackward'],
  ['deleteContentForward', null, 'deleteForward'],
  ['deleteWordBackward', null, 'replace'],
  [undefined, undefined, 'replace'],
])('takes %s of %s for: %s', (inputType, data, kind) => {
  expect(editKind(input(inputType, data))).toBe(kind);
});

it.each([
  ['insertText', '4', true],
  ['insertText', '٤', true],
  ['insertText', '４', true],
  ['insertText', 'a', false],
  ['insertText', '42', false],
  ['insertText', null, false],
  ['insertCompositionText', '42', true],
  ['insertCompositionText', '４２', true],
  ['insertCompositionText', '42 ', false],
  ['insertFromPaste', '4', false],
  ['deleteContentBackward', null, false],
])('tells whether %s of %s is one digit: %s', (inputType, data, digit) => {
  expect(isOneSign(input(inputType, data), /^\p{Nd}$/u)).toBe(digit);
});

it('knows undo and redo', () => {
  const types = ['historyUndo', 'historyRedo', 'insertText', undefined];
  expect(types.map((type) => isHistory(input(type)))).toStrictEqual([true, true, false, false]);
});

it('knows what a browser or a password manager fills', () => {
  expect(isAutofill(input())).toBe(true);
  expect(isAutofill(input('insertReplacementText', '4242'))).toBe(true);
  expect(isAutofill(input('insertText', '4242'))).toBe(false);
  expect(isAutofill(new Event('compositionend'))).toBe(false);
});
