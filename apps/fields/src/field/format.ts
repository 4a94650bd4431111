import {
  type Brand,
  type Edit,
  type EditKind,
  formatCode,
  formatExpiry,
  formatNumber,
} from '@hushfield/card';
import type { FieldName } from '@hushfield/contract/frame';

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

/** One digit, by a key or an input method; what is pasted, filled or dictated comes all at once. */
export function isDigit(event: Event): boolean {
  const { inputType, data } = event as Partial<InputEvent>;
  if (inputType === 'insertCompositionText') return /\p{Nd}$/u.test(data ?? '');
  return inputType === 'insertText' && /^\p{Nd}$/u.test(data ?? '');
}

/** Undo or redo. */
export function isHistory(event: Event): boolean {
  return (event as Partial<InputEvent>).inputType?.startsWith('history') === true;
}

/** A postal code may come with signs that are not kept. */
const LIMITS = { name: 64, postalCode: 24 } as const;

/** Text and caret as they should stand after an edit; pure, and the same for every engine. */
export function format(
  name: FieldName,
  after: Edit,
  kind: EditKind,
  before: Edit,
  brand: Brand,
): Edit {
  if (name === 'number') return formatNumber(after, kind, before);
  if (name === 'expiry') return formatExpiry(after, kind, before);
  if (name === 'cvc') return formatCode(after, brand);
  return { text: [...after.text].slice(0, LIMITS[name]).join(''), caret: after.caret };
}
