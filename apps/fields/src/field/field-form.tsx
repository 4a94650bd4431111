import type { FieldTexts } from '@hushfield/contract/boot';
import type { FieldOptions } from '@hushfield/contract/frame';
import { FieldInput, type InputEvents, type Kit } from './field-input.tsx';
import type { FieldModel } from './field-state.ts';
import type { Words } from './words.ts';

function classes({ layout, fields, appearance }: FieldOptions): string {
  // Said by class and not by `:has()`, which is younger than the browser floor.
  const sideBySide = layout === 'row' && fields.includes('number') && fields.includes('expiry');
  const labels = `labels-${appearance.labels ?? 'above'}`;
  return `element layout-${layout} ${labels}${sideBySide ? ' side-by-side' : ''}`;
}

/**
 * The element as it is seen. All inputs of a card stand in one form, which is what browsers and
 * password managers look for when they fill a card.
 */
export function FieldForm(props: {
  kit: Kit;
  model: FieldModel;
  options: FieldOptions;
  words: Words<FieldTexts>;
  events: Omit<InputEvents, 'filled' | 'emptied'>;
}) {
  const { model, options, words } = props;
  const step = (by: 1 | -1) => {
    const inputs: Element[] = [...document.querySelectorAll('.box input')];
    const next = document.activeElement && inputs[inputs.indexOf(document.activeElement) + by];
    (next as HTMLElement | undefined)?.focus();
  };
  const events: InputEvents = {
    ...props.events,
    filled: () => step(1),
    emptied: () => step(-1),
  };
  const errors = options.fields.flatMap((name) => model.errorOf(name) ?? []);
  const shown = errors.find(({ field }) => model.isFocused(field)) ?? errors[0];
  return (
    <form
      // A browser keeps what stands in a form for a restored tab, on the disk and in clear; it does
      // not where a form says `off`. An empty one must say `on`, or nothing would offer to fill it.
      autocomplete={options.fields.every((name) => model.text(name) === '') ? 'on' : 'off'}
      noValidate
      class={classes(options)}
      onSubmit={(event) => event.preventDefault()}
    >
      <div class="fields">
        {options.fields.map((name) => {
          const { kit } = props;
          const input = {
            ...{ key: name, kit, name, model, options, events, texts: words.texts },
            shown: shown?.field === name,
          };
          return kit.view.instead?.(input) || <FieldInput {...input} />;
        })}
      </div>
      {/* Always there and always as high: a live region that comes with its text stays silent, and
          an element that grows when a number is wrong would move the page. */}
      <p id="message" role="status" aria-live="polite">
        {model.locked ? words.texts.locked : shown?.message}
      </p>
    </form>
  );
}
