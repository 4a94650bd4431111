import { ibanLength, ibanOf } from '../iban.ts';
import { type Edit, type EditKind, isDelete } from './edit.ts';

const GROUP = 4;

/**
 * Groups an IBAN by four, as it is printed, and keeps the caret behind the sign it was behind. See
 * `formatNumber` for what `after` and `before` are.
 *
 * @example formatIban({ text: 'de893', caret: 5 }, 'insert') // { text: 'DE89 3', caret: 6 }
 */
export function formatIban(after: Edit, kind: EditKind, before?: Edit): Edit {
  const edit = throughGap(after, kind, before);
  const typed = ibanOf(edit.text);
  const most = ibanLength(typed);
  const grew = before !== undefined && typed.length > ibanOf(before.text).length;
  if (before && grew && kind === 'insert' && typed.length > most) return { ...before };
  const iban = typed.slice(0, isDelete(kind) ? typed.length : most);
  const index = Math.min(ibanOf(edit.text.slice(0, edit.caret)).length, iban.length);
  // At a gap the caret stands behind it, after a delete before it; and there is none at the end.
  const at = isDelete(kind) ? Math.max(index - 1, 0) : index;
  const gaps = Math.min(Math.floor(at / GROUP), Math.max(Math.ceil(iban.length / GROUP) - 1, 0));
  return { text: iban.replace(/.{4}(?=.)/g, '$& '), caret: index + gaps };
}

/** A delete that took a gap takes the sign beyond it, or Backspace would never get past it. */
function throughGap(after: Edit, kind: EditKind, before: Edit | undefined): Edit {
  const same = before !== undefined && ibanOf(after.text) === ibanOf(before.text);
  if (!same || !isDelete(kind) || after.text.length >= before.text.length) return after;
  const [head, tail] = [after.text.slice(0, after.caret), after.text.slice(after.caret)];
  if (kind === 'deleteForward') return { text: head + tail.replace(/\S/, ''), caret: after.caret };
  const cut = head.trimEnd().slice(0, -1);
  return { text: cut + tail, caret: cut.length };
}
