import { digitsOf } from '../digits.ts';

/** An input's text and where its caret stands, in UTF-16 units as `selectionStart` counts them. */
export type Edit = { text: string; caret: number };

/** What the browser did. `replace`: paste, autofill, the end of a composition. */
export type EditKind = 'insert' | 'deleteBackward' | 'deleteForward' | 'replace';

/** Whether the edit took something away. */
export function isDelete(kind: EditKind): boolean {
  return kind === 'deleteBackward' || kind === 'deleteForward';
}

/** How many digits stand before the caret. */
export function digitsBeforeCaret(edit: Edit): number {
  return digitsOf(edit.text.slice(0, edit.caret)).length;
}

/** How many digits the edit added; without `before` none are known to be new. */
export function digitsGained(after: Edit, before: Edit | undefined): number {
  return before ? digitsOf(after.text).length - digitsOf(before.text).length : 0;
}

/**
 * A delete that took only part of a gap takes the digit beyond it. Otherwise formatting would put
 * the gap back and Backspace would never get past it.
 */
export function deleteThroughGap(after: Edit, kind: EditKind, before: Edit | undefined): Edit {
  const tookGapOnly =
    before !== undefined &&
    after.text.length < before.text.length &&
    digitsGained(after, before) === 0;
  if (!tookGapOnly || !isDelete(kind)) return after;
  const head = after.text.slice(0, after.caret);
  const tail = after.text.slice(after.caret);
  if (kind === 'deleteForward') return { text: head + tail.replace(/\d/, ''), caret: after.caret };
  const last = head.search(/\d\D*$/);
  return last < 0
    ? after
    : { text: head.slice(0, last) + head.slice(last + 1) + tail, caret: last };
}
