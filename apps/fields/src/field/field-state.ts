import {
  type Brand,
  detectBrand,
  digitsOf,
  type Edit,
  judgeCode,
  judgeExpiry,
  judgeName,
  judgeNumber,
  longestLength,
  networks,
  parseExpiry,
  type Verdict,
} from '@hushfield/card';
import { VALIDATION_MESSAGES } from '@hushfield/contract/errors';
import type {
  ElementState,
  ElementType,
  FieldError,
  FieldName,
  FieldState,
} from '@hushfield/contract/frame';
import type { Collected } from '@hushfield/contract/sibling';
import { batch, type Signal, signal } from '@preact/signals-core';

/** What one input holds. The text never leaves this module but by `collected`. */
type Cell = {
  readonly text: Signal<string>;
  /** Text and caret before the edit under way: Backspace over a gap cannot be told apart without. */
  before: Edit;
  readonly focused: Signal<boolean>;
  /** Left since the last edit: only then is an error shown and a number's validity told. */
  readonly settled: Signal<boolean>;
  /** Errors are shown here: left with something in it, or asked to pay. */
  readonly checked: Signal<boolean>;
  /** What the page or the vault says of this input, until the next edit. */
  readonly notice: Signal<FieldError | undefined>;
};

type ValidationCode = keyof typeof VALIDATION_MESSAGES;
type Judgement = Verdict & { code: ValidationCode };

function makeCell(): Cell {
  return {
    text: signal(''),
    before: { text: '', caret: 0 },
    focused: signal(false),
    settled: signal(false),
    checked: signal(false),
    notice: signal(undefined),
  };
}

/** All inputs of one element: what was typed, what it means, and what may be told of it. */
export class FieldModel {
  readonly element: ElementType;
  readonly #now: () => number;
  readonly #cells: Record<FieldName, Cell>;
  fields: readonly FieldName[];

  constructor(element: ElementType, fields: readonly FieldName[], now: () => number) {
    this.element = element;
    this.fields = fields;
    this.#now = now;
    this.#cells = { number: makeCell(), expiry: makeCell(), cvc: makeCell(), name: makeCell() };
  }

  text(name: FieldName): string {
    return this.#cells[name].text.value;
  }

  before(name: FieldName): Edit {
    return this.#cells[name].before;
  }

  /** Keeps what an input shows, before an edit and as it was formatted after. */
  remember(name: FieldName, edit: Edit): void {
    this.#cells[name].before = edit;
  }

  get brand(): Brand {
    return detectBrand(digitsOf(this.text('number')));
  }

  edit(name: FieldName, text: string): void {
    const cell = this.#cells[name];
    batch(() => {
      cell.text.value = text;
      cell.notice.value = undefined;
      cell.settled.value = false;
      if (text === '') cell.checked.value = false;
    });
  }

  focus(name: FieldName): void {
    this.#cells[name].focused.value = true;
  }

  isFocused(name: FieldName): boolean {
    return this.#cells[name].focused.value;
  }

  leave(name: FieldName): void {
    const cell = this.#cells[name];
    batch(() => {
      cell.focused.value = false;
      cell.settled.value = true;
      cell.checked.value ||= cell.text.value !== '';
    });
  }

  /** Shows the page's own message at an input; an empty one takes it away. */
  note(name: FieldName, message: string): void {
    const error: FieldError = { code: `invalid_${name}`, message, field: name };
    this.#cells[name].notice.value = message === '' ? undefined : error;
  }

  /** Shows what only the vault could judge. */
  reject(name: FieldName, code: ValidationCode): void {
    if (!this.fields.includes(name)) return;
    const message = VALIDATION_MESSAGES[code];
    this.#cells[name].notice.value = { code, message, field: name };
  }

  /** Shows all that is missing or wrong, as a failed payment does. */
  checkAll(): void {
    batch(() => {
      for (const name of this.fields) {
        this.#cells[name].checked.value = true;
        this.#cells[name].settled.value = true;
      }
    });
  }

  clear(names: readonly FieldName[] = this.fields): void {
    batch(() => {
      for (const name of names) {
        this.edit(name, '');
        this.#cells[name].settled.value = false;
      }
    });
  }

  /** Whether the shopper is done with an input, so that typing may go on in the next. */
  isFull(name: FieldName): boolean {
    const { valid } = this.#judge(name);
    if (name === 'name') return false;
    if (name === 'expiry') return valid;
    const digits = digitsOf(this.text(name));
    if (name === 'cvc') return digits.length === judgeCode(digits, this.brand).expectedLength;
    // Most numbers of a brand are shorter than its longest; sixteen that fit are taken as done.
    return valid && (digits.length >= 16 || digits.length === longestLength(this.brand));
  }

  errorOf(name: FieldName): FieldError | undefined {
    const cell = this.#cells[name];
    if (cell.notice.value) return cell.notice.value;
    const judgement = this.#judge(name);
    if (!cell.checked.value || !cell.settled.value || judgement.valid) return undefined;
    return { code: judgement.code, message: VALIDATION_MESSAGES[judgement.code], field: name };
  }

  /** What a page may see of the element; see `contract/frame/observable.ts`. */
  observe(): ElementState {
    const fields = this.fields.map((name) => [name, this.#observeField(name)] as const);
    const states = fields.map(([, state]) => state);
    const error = states.find((state) => state.error)?.error;
    const valid = states.every((state) => state.valid);
    const showsNumber = this.fields.includes('number');
    const settled = showsNumber && Boolean(Object.fromEntries(fields).number?.valid);
    return {
      elementType: this.element,
      empty: states.every((state) => state.empty),
      complete: states.every((state) => state.complete),
      valid,
      potentiallyValid: states.every((state) => state.potentiallyValid),
      brand: showsNumber ? this.brand : 'unknown',
      networks: settled ? [...networks(digitsOf(this.text('number')))] : [],
      ...(error ? { error } : {}),
      fields: Object.fromEntries(fields),
    };
  }

  /** The values, for the controller only; with errors when anything is wrong. */
  collected(): Collected {
    const errors = this.fields.flatMap((field) => {
      const { valid, code } = this.#judge(field);
      return valid ? [] : [{ field, code }];
    });
    if (errors.length > 0) return { errors };
    const expiry = this.fields.includes('expiry') ? parseExpiry(this.text('expiry')) : undefined;
    return {
      ...(this.fields.includes('number') ? { number: digitsOf(this.text('number')) } : {}),
      ...(expiry ? { expiry: { month: expiry.month, year: expiry.year } } : {}),
      ...(this.fields.includes('cvc') ? { cvc: digitsOf(this.text('cvc')) } : {}),
      ...(this.fields.includes('name') ? { name: this.text('name').normalize('NFC').trim() } : {}),
      errors: [],
    };
  }

  #observeField(name: FieldName): FieldState {
    const cell = this.#cells[name];
    const judgement = this.#judge(name);
    // P2: a number's validity is told only when it was left or cannot grow, so that a page cannot
    // learn from partial numbers which digits would pass Luhn.
    const told =
      name !== 'number' ||
      cell.settled.value ||
      digitsOf(cell.text.value).length === longestLength(this.brand);
    const error = this.errorOf(name);
    return {
      empty: cell.text.value === '',
      complete: told && judgement.valid,
      valid: told && judgement.valid,
      potentiallyValid: told ? judgement.potentiallyValid : true,
      focused: cell.focused.value,
      ...(error ? { error } : {}),
    };
  }

  #judge(name: FieldName): Judgement {
    const text = this.#cells[name].text.value;
    const verdict = this.#verdict(name, text);
    // A number of a length its brand has is whole, although some of the brand's are longer.
    const whole = verdict.complete === true;
    const missing = text === '' || (verdict.potentiallyValid && !verdict.valid && !whole);
    if (name === 'name')
      return { ...verdict, code: text === '' ? 'required_field' : 'invalid_name' };
    if (verdict.expired) return { ...verdict, code: 'expired_card' };
    return { ...verdict, code: `${missing ? 'incomplete' : 'invalid'}_${name}` };
  }

  #verdict(name: FieldName, text: string): Verdict & { complete?: boolean; expired?: boolean } {
    if (name === 'number') return judgeNumber(digitsOf(text));
    if (name === 'expiry') return judgeExpiry(text, this.#now() * 1000);
    if (name === 'cvc') return judgeCode(digitsOf(text), this.brand);
    return judgeName(text);
  }
}
