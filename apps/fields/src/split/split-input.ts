import type { Edit } from '@hushfield/card';
import type { FieldName } from '@hushfield/contract/frame';
import type { ComponentChild, FunctionComponent, h as Make } from 'preact';
import type { InputEvents, InputModel, InputProps } from '../field/field-input.tsx';
import { editMonth, editYear, type Format, halvesOf, join } from './split-expiry.ts';
import { halvesIn } from './words.ts';

/** Of one half: its place, the name it goes by here, and how it is edited. */
type Half = {
  readonly at: 0 | 1;
  readonly own: FieldName;
  readonly autocomplete: string;
  readonly edit: typeof editMonth;
};

/** The month has the name of the whole: it is where a page's `focus` goes, and a click on the label. */
const HALVES: readonly Half[] = [
  { at: 0, own: 'expiry', autocomplete: 'cc-exp-month', edit: editMonth },
  { at: 1, own: 'year' as FieldName, autocomplete: 'cc-exp-year', edit: editYear },
];

const NOTHING: Edit = { text: '', caret: 0 };
/** Text and caret of each half before the edit under way. */
let before: Edit[] = [];

/**
 * Where the page wants it so: an expiry in two inputs of the usual kind, which are one to the model and to the page.
 *
 * @param h - of the document, which has Preact already.
 * @param Input - its input.
 */
export function splitExpiry(
  h: typeof Make,
  props: InputProps,
  Input: FunctionComponent<InputProps>,
): ComponentChild {
  const { name, model, options, texts } = props;
  if (name !== 'expiry' || !options.split) return null;
  // What the model has forgotten is remembered nowhere.
  if (model.text(name) === '') before = [];
  const label = options.labels[name] || texts.labels[name];
  const { labels = 'above' } = options.appearance;
  return h(
    'div',
    {
      ...{ key: name, role: 'group', 'aria-label': label },
      class: `field field-${name} split${model.errorOf(name) ? ' invalid' : ''}`,
    },
    // Floating, each half has a label of its own.
    labels === 'above' && h('label', { for: name }, label),
    h(
      'div',
      { class: 'halves' },
      HALVES.map((half) => h(Input, { key: half.own, ...halfOf(half, props) })),
    ),
  );
}

/** What the input of one half is told in the place of the whole. */
function halfOf(half: Half, props: InputProps): InputProps {
  const { at, own, autocomplete } = half;
  const { name, kit, model, options, texts } = props;
  const { appearance, placeholders } = options;
  const hints = halvesOf(placeholders[name] ?? kit.view.hint(name, texts, model.text));
  // An edit is formatted and then kept; what the whole becomes by it waits in between.
  let whole: string | undefined;
  return {
    ...props,
    name: own,
    kit: {
      rules: {
        ...kit.rules,
        format(_, after, kind, was) {
          const format: Format = (...how) => kit.rules.format(name, ...how, model.text);
          const edit = half.edit(after, kind, { half: was, whole: model.text(name) }, format);
          whole = edit.whole;
          return edit.half;
        },
      },
      view: {
        traits: () => ({ autocomplete, inputMode: 'numeric', dir: 'ltr' }),
        hint: () => hints[at],
      },
    },
    model: modelOf(half, props, (text) => {
      model.edit(name, whole ?? joined(half, text, model.text(name)));
      whole = undefined;
    }),
    options: {
      ...options,
      labels: { [own]: halvesIn(texts.locale)[at] },
      placeholders: {},
      appearance: { ...appearance, labels: appearance.labels === 'floating' ? 'floating' : 'none' },
    },
    events: eventsOf(props),
  };
}

/** While it is composed, a half is kept as it is. */
function joined({ at }: Half, text: string, whole: string): string {
  const [month, year] = halvesOf(whole);
  return at === 0 ? join(text, year) : join(month, text);
}

function modelOf(
  { at }: Half,
  { name, model }: InputProps,
  edit: (text: string) => void,
): InputModel {
  const half = () => halvesOf(model.text(name))[at];
  return {
    text: half,
    before: () => before[at] ?? NOTHING,
    remember: (_, was) => void (before[at] = was),
    edit: (_, text) => edit(text),
    focus: () => model.focus(name),
    isFull: () => (at === 0 ? half().length === 2 : model.isFull(name)),
    stateOf: () => (half() === '' ? 'empty' : model.stateOf(name)),
    errorOf: () => model.errorOf(name),
    get locked() {
      return model.locked;
    },
    pick: () => {},
    observe: () => model.observe(),
  };
}

function eventsOf({ name, model, events }: InputProps): InputEvents {
  return {
    ...events,
    autofilled: () => events.autofilled(name),
    pressed: (_, key) => events.pressed(name, key),
    filled() {
      events.filled(name);
      const { activeElement: next } = document;
      // What stood in the year is typed anew with the month; what has just flowed into it is not shown yet.
      if (next instanceof HTMLInputElement && next.value === halvesOf(model.text(name))[1])
        next.select();
    },
    emptied: () => events.emptied(name),
    left(_, event) {
      const { relatedTarget: next } = event;
      const stays = next instanceof Element && HALVES.some(({ own }) => own === next.id);
      if (!stays) events.left(name, event);
    },
  };
}
