import type { Edit } from '@hushfield/card';
import type { FieldError } from '@hushfield/contract/frame';
import { type Signal, signal } from '@preact/signals-core';

/** What one input holds. The text leaves the model only by `collected`. */
export type Cell = {
  readonly text: Signal<string>;
  /** Text and caret before the edit under way: Backspace over a gap cannot be told apart without. */
  before: Edit;
  readonly focused: Signal<boolean>;
  /** Left since the last edit, by the shopper: only then is an error shown and a number's validity told. */
  readonly settled: Signal<boolean>;
  /** When it was last edited, `performance.now()`. */
  editedAt: number;
  /** Errors are shown here: left with something in it, or asked to pay. */
  readonly checked: Signal<boolean>;
  /** What the page or the vault says of this input, until the next edit. */
  readonly notice: Signal<FieldError | undefined>;
};

/** A pause in which nobody is still typing a number. */
const REST_MS = 700;

/** How long (ms) until an input counts as no longer being typed into. */
export function restOf({ editedAt }: Cell): number {
  return Math.max(0, editedAt + REST_MS - performance.now());
}

export function makeCell(): Cell {
  return {
    text: signal(''),
    before: { text: '', caret: 0 },
    focused: signal(false),
    settled: signal(false),
    editedAt: 0,
    checked: signal(false),
    notice: signal(undefined),
  };
}
