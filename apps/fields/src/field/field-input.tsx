import type { FieldTexts } from '@hushfield/contract/boot';
import type { Brand, FieldName, FieldOptions } from '@hushfield/contract/frame';
import type { FieldModel } from './field-state.ts';
import { handlersOf } from './input-handlers.ts';
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
  /** And how much of a BIN the page may see. */
  showBin?(digits: number): void;
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
  const { view } = props.kit;
  const error = model.errorOf(name);
  const label = labelOf(name, options, props.texts);
  const hint = options.placeholders[name] ?? view.hint(name, props.texts, model.text);
  const { uncopied, ...traits } = view.traits(name);

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
          {...handlersOf(props)}
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

const noCopy = {
  onCopy: (event: Event) => event.preventDefault(),
  onCut: (event: Event) => event.preventDefault(),
};
