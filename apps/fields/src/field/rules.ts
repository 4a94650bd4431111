import type { Edit, EditKind, Verdict } from '@hushfield/card';
import type { VALIDATION_CODES } from '@hushfield/contract/errors';
import type { ElementState, FieldName } from '@hushfield/contract/frame';
import type { Collected } from '@hushfield/contract/sibling';

export type ValidationCode = (typeof VALIDATION_CODES)[number];

/** What an input's text is worth, and what to call it where it is not valid. */
export type Judgement = Verdict & { readonly code: ValidationCode };

/** What stands in each input; nothing in those that are not looked at. */
export type Texts = (name: FieldName) => string;

/** What is told of the contents, and never more of them. */
export type Seen = Pick<ElementState, 'brand' | 'networks' | 'network'>;

/**
 * What one document knows of its inputs: a card's, or those of other secrets. Pure, all of it; what was
 * typed when is the model's to know.
 */
export type Rules = {
  /** All inputs that the document can show. */
  readonly names: readonly FieldName[];
  /** What a thief of focus is after, typed alone. */
  signs(): RegExp;
  /** @param now - unix seconds. */
  judge(name: FieldName, texts: Texts, now: number): Judgement;
  /** Text and caret as they should stand after an edit. */
  format(name: FieldName, after: Edit, kind: EditKind, before: Edit, texts: Texts): Edit;
  /** Whether the shopper is done with an input, so that typing may go on in the next. */
  isFull(name: FieldName, texts: Texts, now: number): boolean;
  /**
   * Whether validity would tell what was typed, sign by sign (P2): that of such an input is told at rest, and
   * when it cannot grow.
   */
  isGuarded(name: FieldName): boolean;
  /** Of a guarded input: that its text has its usual length, right or wrong. */
  isWhole(name: FieldName, texts: Texts): boolean;
  /** Of a guarded input: that no sign could be added. */
  cannotGrow(name: FieldName, texts: Texts): boolean;
  /**
   * What the page sees of the contents.
   *
   * @param picked - by the shopper, of what is offered for the text of a guarded input.
   */
  seen(texts: Texts, settled: boolean, picked: string | undefined): Seen;
  /** The first digits of a guarded text, as far as the page may see them of one that is done. */
  bin?(texts: Texts): string | undefined;
  /**
   * Values for the controller, out of texts that are valid.
   *
   * @param seen - what the page was told, since a choice that is not shown is none.
   */
  values(asked: readonly FieldName[], texts: Texts, seen: Seen): Omit<Collected, 'errors'>;
};

/** What an input is called where what stands in it will not do. */
export function invalid(name: FieldName): ValidationCode {
  const words = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  // Every name has its code: `rules.test.ts`.
  return `invalid_${words}` as ValidationCode;
}

/** What an input is called that is being typed into, when there is no time to wait. */
export function unfinished(name: FieldName): ValidationCode {
  return name === 'number' ? 'incomplete_number' : invalid(name);
}
