import type { Edit } from '@hushfield/card';
import type { FieldError } from '@hushfield/contract/frame';

/** What one input holds. The text leaves the model only by `collected`. */
export type Cell = {
  text: string;
  /** Text and caret before the edit under way: Backspace over a gap cannot be told apart without. */
  before: Edit;
  focused: boolean;
  /** Left since the last edit, by the shopper: only then is an error shown and a number's validity told. */
  settled: boolean;
  /** When it was last edited, `performance.now()`. */
  editedAt: number;
  /** Errors are shown here: left with something in it, or asked to pay. */
  checked: boolean;
  /** What the shopper has chosen for the text that stands here: the network of a number. */
  picked: string | undefined;
  /** The first six digits that the page was told of a number, until so few stand here that it is another. */
  bin?: string | undefined;
  /** What the page or the vault says of this input, until the next edit. */
  notice: FieldError | undefined;
};

/** A pause in which nobody is still typing a number. */
const REST_MS = 700;

/** How long (ms) until an input counts as no longer being typed into. */
export function restOf({ editedAt }: Cell): number {
  return Math.max(0, editedAt + REST_MS - performance.now());
}

export function makeCell(): Cell {
  return {
    text: '',
    before: { text: '', caret: 0 },
    focused: false,
    settled: false,
    editedAt: 0,
    checked: false,
    picked: undefined,
    notice: undefined,
  };
}

/** `4242 4`: of what is left of a number by then, no six digits can be put first. */
const LONGEST_REMNANT = 6;

/** What was known of the text of before is not known of this one. */
export function writeTo(cell: Cell, text: string): void {
  cell.editedAt = performance.now();
  cell.text = text;
  cell.notice = undefined;
  cell.picked = undefined;
  cell.settled = false;
  if (text === '') cell.checked = false;
  if (text.length <= LONGEST_REMNANT) cell.bin = undefined;
}

/**
 * At rest, and of one number only: while it is edited any of its digits can come to stand first, and whoever deletes
 * from the front would show them all, one after the other.
 */
export function oneBin(cell: Cell, bin: string | undefined) {
  cell.bin ??= bin?.slice(0, 6);
  return bin?.startsWith(cell.bin ?? '') && { bin };
}
