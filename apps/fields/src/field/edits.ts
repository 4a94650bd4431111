import type { EditKind } from '@hushfield/card';

const KINDS: ReadonlyMap<string, EditKind> = new Map<string, EditKind>([
  ['insertText', 'insert'],
  ['deleteContentBackward', 'deleteBackward'],
  ['deleteContentForward', 'deleteForward'],
]);

/**
 * What an `input` event did. Paste, autofill, drop and input methods replace; they have other names or none.
 * A keyboard that brings its own clipboard, fills with one tap or takes dictation calls all of it typing.
 */
export function editKind(event: Event): EditKind {
  const { inputType, data } = event as Partial<InputEvent>;
  return (!data?.[1] && KINDS.get(inputType ?? '')) || 'replace';
}

/** A browser that fills a form sends an event without a type, or one that says replacement. */
export function isAutofill(event: Event): boolean {
  if (event.type !== 'input') return false;
  const { inputType } = event as Partial<InputEvent>;
  return inputType === undefined || inputType === 'insertReplacementText';
}

/** One sign, by a key or an input method; what is pasted, filled or dictated comes all at once. */
export function isOneSign(event: Event, signs: RegExp): boolean {
  const { inputType, data } = event as Partial<InputEvent>;
  if (inputType === 'insertCompositionText') return signs.test([...(data ?? '')].at(-1) ?? '');
  return inputType === 'insertText' && signs.test(data ?? '');
}

/** Undo or redo. */
export function isHistory(event: Event): boolean {
  return (event as Partial<InputEvent>).inputType?.startsWith('history') === true;
}
