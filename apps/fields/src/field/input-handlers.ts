import type { Edit } from '@hushfield/card';
import { editKind, isAutofill, isHistory, isOneSign } from './edits.ts';
import type { InputProps } from './field-input.tsx';

type Handlers = {
  onBeforeInput(event: Event): void;
  onInput(event: Event): void;
  onCompositionEnd(event: Event): void;
  onKeyDown(event: KeyboardEvent): void;
};

/** What an input does with keys and edits. */
export function handlersOf({ kit, name, model, events }: InputProps): Handlers {
  const { rules } = kit;
  const onInput = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    if (isOneSign(event, rules.signs())) events.typed();
    // An input method owns the text until it commits; touching it would break the composition.
    if ((event as Partial<InputEvent>).isComposing) return model.edit(name, input.value);
    const before = model.before(name);
    const kind = editKind(event);
    const after = editIn(input);
    const edit = rules.format(name, after, kind, before, model.text);
    if (edit.text !== after.text) input.value = edit.text;
    if (edit.text !== after.text || edit.caret !== after.caret) {
      input.setSelectionRange(edit.caret, edit.caret);
    }
    model.remember(name, edit);
    model.edit(name, edit.text);
    if (isAutofill(event)) events.autofilled(name);
    else if (kind === 'insert' && atEnd(edit) && grew(edit, before) && model.isFull(name)) {
      events.filled(name);
    }
  };
  return {
    onInput,
    onCompositionEnd: onInput,
    onBeforeInput(event) {
      // A browser's own history knows no gap of ours: it puts digits where none was typed. And it is one
      // for all inputs, in which what was cleared lives on.
      if (isHistory(event)) return event.preventDefault();
      model.remember(name, editIn(event.currentTarget as HTMLInputElement));
    },
    onKeyDown({ key, currentTarget, isComposing }) {
      // Enter and Escape are the input method's own while it composes.
      if (isComposing) return;
      if (key === 'Enter' || key === 'Escape') events.pressed(name, key);
      if (key === 'Backspace' && (currentTarget as HTMLInputElement).value === '') {
        events.emptied(name);
      }
    },
  };
}

function editIn({ value: text, selectionStart }: HTMLInputElement): Edit {
  return { text, caret: selectionStart ?? text.length };
}

const atEnd = ({ text, caret }: Edit) => caret === text.length;
const grew = (edit: Edit, before: Edit) => edit.text.length > before.text.length;
