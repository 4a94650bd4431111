import type { Edit } from '@hushfield/card';
import type { FieldTexts } from '@hushfield/contract/boot';
import type { Brand, FieldName, FieldOptions } from '@hushfield/contract/frame';
import { editKind, isAutofill, isHistory, isOneSign } from './edits.ts';
import type { FieldModel } from './field-state.ts';
import type { Rules } from './rules.ts';
import { labelOf } from './texts.ts';
import type { View } from './view.ts';

/** What an input tells the element it stands in. */
export type InputEvents = {
  autofilled(name: FieldName): void;
  pressed(name: FieldName, key: 'Enter' | 'Escape'): void;
  /** Full: typing goes on in the next input. */
  filled(name: FieldName): void;
  /** Backspace in an empty input: typing goes back to the one before. */
  emptied(name: FieldName): void;
  /** A sign was typed that a thief of focus is after. */
  typed(): void;
  left(name: FieldName, event: FocusEvent): void;
};

/** What the inputs of one document are, and how they look. */
export type Kit = {
  readonly rules: Rules;
  readonly view: View;
  /** Fetches what a page has asked for; rejects where that cannot be had. */
  prepare?(options: FieldOptions): Promise<unknown>;
  /** The controller says which brands are taken; null for all. */
  allow?(brands: readonly Brand[] | null): void;
  /** @param failed - when the shopper will have no choice, whatever they type. */
  tend?(model: FieldModel, failed: () => void): void;
};

/** What an input needs of the model of its element. */
export type InputModel = Pick<
  FieldModel,
  | 'text'
  | 'before'
  | 'remember'
  | 'edit'
  | 'pick'
  | 'focus'
  | 'isFull'
  | 'stateOf'
  | 'errorOf'
  | 'locked'
  | 'observe'
>;

export type InputProps = {
  readonly kit: Pick<Kit, 'rules' | 'view'>;
  readonly name: FieldName;
  readonly model: InputModel;
  readonly options: FieldOptions;
  readonly texts: FieldTexts;
  readonly events: InputEvents;
  /** Its error is the one in the live region. */
  readonly shown: boolean;
};

/**
 * One input. The value stays a property of the input (never an attribute, where a selector could
 * read it); formatting happens on `input`, never on a key, since phones, paste and autofill send no
 * useful keys.
 */
export function FieldInput(props: InputProps) {
  const { name, model, options, events } = props;
  const { rules, view } = props.kit;
  const error = model.errorOf(name);
  const label = labelOf(name, options, props.texts);
  const hint = options.placeholders[name] ?? view.hint(name, props.texts, model.text);
  const { uncopied, ...traits } = view.traits(name);

  const onInput = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    if (isOneSign(event, rules.signs())) events.typed();
    // An input method owns the text until it commits; touching it would break the composition.
    if ((event as Partial<InputEvent>).isComposing) return model.edit(name, input.value);
    const after = { text: input.value, caret: input.selectionStart ?? input.value.length };
    const before = model.before(name);
    const kind = editKind(event);
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

  const onBeforeInput = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    // A browser's own history knows no gap of ours: it puts digits where none was typed. And it is one
    // for all inputs, in which what was cleared lives on.
    if (isHistory(event)) return event.preventDefault();
    model.remember(name, {
      text: input.value,
      caret: input.selectionStart ?? input.value.length,
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const { key, currentTarget } = event;
    // Enter and Escape are the input method's own while it composes.
    if (event.isComposing) return;
    if (key === 'Enter' || key === 'Escape') events.pressed(name, key);
    if (key === 'Backspace' && (currentTarget as HTMLInputElement).value === '') {
      events.emptied(name);
    }
  };

  return (
    <div class={`field field-${name} ${model.stateOf(name)}${error ? ' invalid' : ''}`}>
      {options.appearance.labels !== 'none' && <label for={name}>{label}</label>}
      <div class="box">
        <input
          id={name}
          name={traits.autocomplete === 'off' ? name : traits.autocomplete}
          type="text"
          // A property, so no selector sees it; bound, so that what the model forgets is gone here too.
          value={model.text(name)}
          autocapitalize="off"
          {...traits}
          spellcheck={false}
          placeholder={hint}
          disabled={options.disabled}
          // Not disabled: focus must stay, so that what is typed on blindly is lost and not stolen.
          readOnly={model.locked}
          required
          aria-label={options.appearance.labels === 'none' ? label : undefined}
          aria-invalid={error ? 'true' : 'false'}
          aria-describedby={props.shown ? 'message' : undefined}
          onBeforeInput={onBeforeInput}
          onInput={onInput}
          onCompositionEnd={onInput}
          onKeyDown={onKeyDown}
          onFocus={() => model.focus(name)}
          onBlur={(event) => events.left(name, event)}
          // A drag would carry the text into the page.
          onDragStart={(event) => event.preventDefault()}
          {...(uncopied ? noCopy : {})}
        />
        {view.mark?.(name, model.text)}
      </div>
      {view.below?.(props)}
    </div>
  );
}

const atEnd = ({ text, caret }: Edit) => caret === text.length;
const grew = (edit: Edit, before: Edit) => edit.text.length > before.text.length;

const noCopy = {
  onCopy: (event: Event) => event.preventDefault(),
  onCut: (event: Event) => event.preventDefault(),
};
