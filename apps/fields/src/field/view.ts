import type { FieldTexts } from '@hushfield/contract/boot';
import type { FieldName } from '@hushfield/contract/frame';
import type { ComponentChild } from 'preact';
import type { InputProps } from './field-input.tsx';
import type { Texts } from './rules.ts';

/** What an input says of itself to browsers, password managers and screen keyboards. */
export type Traits = {
  readonly autocomplete: string;
  readonly inputMode: 'numeric' | 'text';
  readonly autocapitalize?: 'words' | 'characters';
  /** As it was typed, or always from the left. */
  readonly dir: 'auto' | 'ltr';
  /** May not be copied out of the input. */
  readonly uncopied?: boolean;
};

/** How the inputs of one document look. */
export type View = {
  traits(name: FieldName): Traits;
  /** What an empty input shows; the page's own comes before it. */
  hint(name: FieldName, words: FieldTexts, texts: Texts): string;
  /** A drawing at the end of an input. */
  mark?(name: FieldName, texts: Texts): ComponentChild;
  /** What an input has below it. */
  below?(props: InputProps): ComponentChild;
  /** What stands in the place of an input, where the page has asked for it. */
  instead?(props: InputProps): ComponentChild;
};
