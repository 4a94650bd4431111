import { brandRule, type Edit } from '@hushfield/card';
import type { FieldTexts } from '@hushfield/contract/boot';
import type { FieldName, FieldOptions } from '@hushfield/contract/frame';
import { CardMark, CodeMark } from './marks.tsx';
import type { FieldModel } from './field-state.ts';
import { editKind, format, isAutofill, isDigit, isHistory } from './format.ts';
import { isText } from './judge-input.ts';
import { textsOf } from './texts.ts';

/** What an input tells the element it stands in. */
export type InputEvents = {
  autofilled(name: FieldName): void;
  pressed(name: FieldName, key: 'Enter' | 'Escape'): void;
  /** Full: typing goes on in the next input. */
  filled(name: FieldName): void;
  /** Backspace in an empty input: typing goes back to the one before. */
  emptied(name: FieldName): void;
  /** A digit was typed, which is what a thief of focus is after. */
  digit(): void;
  left(name: FieldName): void;
};

const AUTOCOMPLETE: Readonly<Record<FieldName, string>> = {
  number: 'cc-number',
  expiry: 'cc-exp',
  cvc: 'cc-csc',
  name: 'cc-name',
  postalCode: 'postal-code',
};

const CAPITALS: { readonly [name in FieldName]?: 'words' | 'characters' } = {
  name: 'words',
  postalCode: 'characters',
};

/**
 * One input. The value stays a property of the input (never an attribute, where a selector could
 * read it); formatting happens on `input`, never on a key, since phones, paste and autofill send no
 * useful keys.
 */
export function CardInput(props: {
  name: FieldName;
  model: FieldModel;
  options: FieldOptions;
  texts: FieldTexts;
  events: InputEvents;
  /** Its error is the one in the live region. */
  shown: boolean;
}) {
  const { name, model, options, events } = props;
  const error = model.errorOf(name);
  const texts = textsOf(name, options, props.texts, brandRule(model.brand).codeLabel);

  const onInput = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    if (isDigit(event)) events.digit();
    // An input method owns the text until it commits; touching it would break the composition.
    if ((event as Partial<InputEvent>).isComposing) return model.edit(name, input.value);
    const after = { text: input.value, caret: input.selectionStart ?? input.value.length };
    const before = model.before(name);
    const kind = editKind(event);
    const edit = format(name, after, kind, before, model.brand);
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
      {options.appearance.labels !== 'none' && <label for={name}>{texts.label}</label>}
      <div class="box">
        <input
          id={name}
          name={AUTOCOMPLETE[name]}
          type="text"
          dir={name === 'name' ? 'auto' : 'ltr'}
          // A property, so no selector sees it; bound, so that what the model forgets is gone here too.
          value={model.text(name)}
          inputMode={isText(name) ? 'text' : 'numeric'}
          autocomplete={AUTOCOMPLETE[name]}
          autocapitalize={CAPITALS[name] ?? 'off'}
          spellcheck={false}
          placeholder={texts.placeholder}
          disabled={options.disabled}
          // Not disabled: focus must stay, so that what is typed on blindly is lost and not stolen.
          readOnly={model.locked}
          required
          aria-label={options.appearance.labels === 'none' ? texts.label : undefined}
          aria-invalid={error ? 'true' : 'false'}
          aria-describedby={props.shown ? 'message' : undefined}
          onBeforeInput={onBeforeInput}
          onInput={onInput}
          onCompositionEnd={onInput}
          onKeyDown={onKeyDown}
          onFocus={() => model.focus(name)}
          onBlur={() => events.left(name)}
          // A drag would carry the text into the page.
          onDragStart={(event) => event.preventDefault()}
          {...(name === 'cvc' ? noCopy : {})}
        />
        {name === 'number' && <CardMark brand={model.brand} />}
        {name === 'cvc' && <CodeMark front={model.brand === 'amex'} />}
      </div>
    </div>
  );
}

const atEnd = ({ text, caret }: Edit) => caret === text.length;
const grew = (edit: Edit, before: Edit) => edit.text.length > before.text.length;

// PCI DSS 3.3: a security code has no business on a clipboard.
const noCopy = {
  onCopy: (event: Event) => event.preventDefault(),
  onCut: (event: Event) => event.preventDefault(),
};
