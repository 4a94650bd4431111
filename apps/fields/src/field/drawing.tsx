import type { FieldTexts } from '@hushfield/contract/boot';
import { FIELDS_OF, type FieldEvent, type FieldOptions } from '@hushfield/contract/frame';
import { render } from 'preact';
import { heightOf } from '../boot/open-document.ts';
import { applyAppearance, looksOf } from './apply-appearance.ts';
import { FieldForm } from './field-form.tsx';
import type { InputEvents, Kit } from './field-input.tsx';
import type { FieldModel } from './field-state.ts';
import { titleOf } from './texts.ts';
import type { Words } from './words.ts';

export type Warning = Extract<FieldEvent, { type: 'warning' }>['code'];

/** How high an element is in CSS px, and what a screen reader calls its frame. */
export type Drawn = { readonly height: number; readonly title: string };

/** What an element is drawn of. */
export type Scene = {
  readonly root: HTMLElement;
  readonly scheme: 'light' | 'dark';
  readonly kit: Kit;
  readonly model: FieldModel;
  readonly words: Words<FieldTexts>;
  readonly events: Omit<InputEvents, 'filled' | 'emptied'>;
  /** What the page has asked for last. */
  options?: FieldOptions;
  readonly warn: (code: Warning) => void;
};

/**
 * Draws an element as the page asks for it, and again whenever anything changes: all of it, since it is a handful of
 * nodes, and costs a shopper less than the code that would draw a part.
 */
export function drawing(scene: Scene): (wanted: FieldOptions) => Promise<Drawn> {
  const { root, scheme, kit, model, words, warn } = scene;
  const drawn = (options: FieldOptions): Drawn => ({
    height: heightOf(root),
    title: titleOf(options, words.texts),
  });
  let turn = 0;
  model.onChange(once(() => paint(scene)));
  return async (wanted) => {
    turn += 1;
    const own = turn;
    const { appearance, locale } = wanted;
    const isPrepared = kit.prepare?.(wanted).catch(() => warn('appearance_failed'));
    const [looks, texts] = await Promise.all([
      looksOf(appearance, warn),
      words.of(locale),
      isPrepared,
    ]);
    // A later wish that had to wait for less stands already, or will.
    if (own !== turn) return drawn(scene.options ?? wanted);
    if (looks === undefined) warn('appearance_failed');
    if (texts === undefined) warn('locale_failed');
    else words.texts = texts;
    const options = admitted(wanted, scene);
    model.show(options.element, options.fields);
    applyAppearance(appearance, scheme, looks ?? '');
    scene.options = options;
    paint(scene);
    return drawn(options);
  };
}

function paint(scene: Scene): void {
  const { root, words, options } = scene;
  if (!options) return;
  const { documentElement: html } = document;
  html.lang = words.texts.locale;
  html.dir = words.direction;
  // What a screen reader says on the way in: the frame's own name is not read by all of them.
  document.title = titleOf(options, words.texts);
  render(<FieldForm {...scene} options={options} />, root);
}

/**
 * What it was first, an element stays, and so does the rule that it is judged by, or a page could try all of them on
 * one text; and only a card may choose its inputs.
 *
 * @throws for an input without rules, which would take anything, and of which nothing right would be told.
 */
function admitted(wanted: FieldOptions, { options, kit }: Scene): FieldOptions {
  const { element, policy } = options ?? wanted;
  const fields = [...new Set(element === 'card' ? wanted.fields : FIELDS_OF[element])];
  if (fields.some((name) => !kit.rules.names.includes(name))) throw new TypeError('fields');
  return { ...wanted, element, policy, fields };
}

/** What is asked for many times in one turn, done once at its end. */
function once(work: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      work();
    });
  };
}
