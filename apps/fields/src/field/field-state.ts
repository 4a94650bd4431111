import {
  type Brand,
  detectBrand,
  digitsOf,
  type Edit,
  longestLength,
  networks,
  parseExpiry,
  postalCodeOf,
} from '@hushfield/card';
import type {
  ElementState,
  ElementType,
  FieldError,
  FieldName,
  FieldState,
} from '@hushfield/contract/frame';
import type { Collected } from '@hushfield/contract/sibling';
import { type Cell, makeCell, restOf } from './cell.ts';
import {
  type Circumstances,
  invalid,
  isFull,
  isWhole,
  type Judgement,
  judgeInput,
  type ValidationCode,
} from './judge-input.ts';

const EVERY_FIELD: readonly FieldName[] = ['number', 'expiry', 'cvc', 'name', 'postalCode'];

/** All inputs of one element: what was typed, what it means, and what may be told of it. */
export class FieldModel {
  readonly #now: () => number;
  readonly #say: (code: ValidationCode) => string;
  readonly #cells: Readonly<Record<FieldName, Cell>>;
  readonly #listeners: (() => void)[] = [];
  #element: ElementType = 'card';
  #fields: readonly FieldName[] = [];
  #locked = false;
  #onLock = () => {};
  /** Resolves when the element locks. */
  readonly whenLocked: Promise<void> = new Promise((resolve) => {
    this.#onLock = resolve;
  });

  /** @param say - the sentence for a code, in the shopper's language. */
  constructor(now: () => number, say: (code: ValidationCode) => string) {
    this.#now = now;
    this.#say = say;
    this.#cells = {
      number: makeCell(),
      expiry: makeCell(),
      cvc: makeCell(),
      name: makeCell(),
      postalCode: makeCell(),
    };
  }

  /** @param listener - called at every change of what is seen of the element or told of it. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  get element(): ElementType {
    return this.#element;
  }

  get fields(): readonly FieldName[] {
    return this.#fields;
  }

  /** What element this is and which inputs it has. What stood in one that goes is forgotten: it could be brought back. */
  show(element: ElementType, fields: readonly FieldName[]): void {
    this.#element = element;
    this.clear(this.fields.filter((name) => !fields.includes(name)));
    this.#fields = fields;
    this.#changed();
  }

  text(name: FieldName): string {
    return this.#cells[name].text;
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

  /** The page kept taking focus away while a card was typed: nothing more is taken or given here. */
  get locked(): boolean {
    return this.#locked;
  }

  lock(): void {
    this.clear();
    this.#locked = true;
    this.#changed();
    this.#onLock();
  }

  edit(name: FieldName, text: string): void {
    if (this.#locked) return;
    const cell = this.#cells[name];
    cell.editedAt = performance.now();
    cell.text = text;
    cell.notice = undefined;
    cell.settled = false;
    if (text === '') cell.checked = false;
    this.#changed();
  }

  focus(name: FieldName): void {
    this.#cells[name].focused = true;
    this.#changed();
  }

  isFocused(name: FieldName): boolean {
    return this.#cells[name].focused;
  }

  /**
   * An input has lost focus.
   *
   * @param meant - by a key of the shopper's. A page can take focus away too, after each
   *   digit, and would be told the validity of every beginning of a number; so without, an input
   *   settles when it has rested.
   */
  leave(name: FieldName, meant: boolean): void {
    const cell = this.#cells[name];
    cell.focused = false;
    cell.checked ||= cell.text !== '';
    this.#settle(cell, meant ? 0 : restOf(cell));
  }

  /** A browser or a password manager has filled an input: one that it need not enter, nor leave. */
  filled(name: FieldName): void {
    const cell = this.#cells[name];
    cell.checked ||= !cell.focused && cell.text !== '';
    this.#settle(cell, restOf(cell));
  }

  /** Shows the page's own message at an input; an empty one takes it away. */
  note(name: FieldName, message: string): void {
    const error: FieldError = { code: invalid(name), message, field: name };
    this.#cells[name].notice = message === '' ? undefined : error;
    this.#changed();
  }

  /** Shows what only the vault could judge. */
  reject(name: FieldName, code: ValidationCode): void {
    const typing = name === 'number' && this.restIn() > 0;
    if (typing || !this.fields.includes(name)) return;
    this.#cells[name].notice = { code, message: this.#say(code), field: name };
    this.#changed();
  }

  /** Shows all that is missing or wrong in these inputs, as a failed payment does. */
  check(names: readonly FieldName[]): void {
    for (const name of names) {
      this.#cells[name].checked = true;
      this.#cells[name].settled = true;
    }
    this.#changed();
  }

  /**
   * How long (ms) until the number may be judged for the page. While it is typed it may not: a page
   * that asks for a token after each key would learn which beginnings of a number pass Luhn, and get
   * the last four digits of those that do.
   */
  restIn(): number {
    const cell = this.#cells.number;
    return cell.settled || cell.text === '' ? 0 : restOf(cell);
  }

  /** Enter in an input says that its typing is over. */
  finish(name: FieldName): void {
    this.#cells[name].settled = true;
    this.#changed();
  }

  clear(names: readonly FieldName[] = EVERY_FIELD): void {
    for (const name of names) {
      this.edit(name, '');
      this.remember(name, { text: '', caret: 0 });
    }
  }

  isFull(name: FieldName): boolean {
    return isFull(name, this.text(name), this.#around);
  }

  /**
   * Nothing is left to type here. A name is never done; a number is by its length alone, or the page
   * could learn from it whether Luhn holds.
   */
  isDone(): boolean {
    const whole = isWhole(digitsOf(this.text('number')), this.brand);
    return this.fields.every((name) => (name === 'number' ? whole : this.isFull(name)));
  }

  /** How an input without an error looks. */
  stateOf(name: FieldName): 'empty' | 'complete' | '' {
    const { empty, complete } = this.#observeField(name);
    if (empty) return 'empty';
    return complete ? 'complete' : '';
  }

  errorOf(name: FieldName): FieldError | undefined {
    const cell = this.#cells[name];
    if (cell.notice) return cell.notice;
    const judgement = this.#judge(name);
    if (!cell.checked || !cell.settled || judgement.valid) return undefined;
    return { code: judgement.code, message: this.#say(judgement.code), field: name };
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

  /** The values of these inputs, for the controller only; with errors when anything is wrong with them. */
  collected(asked: readonly FieldName[]): Collected {
    const [field = 'number'] = asked;
    if (this.locked) return { errors: [{ field, code: 'focus_lost' }] };
    // A code that is asked for alone is of a saved card, and not of the number that stands beside it.
    const brand = asked.includes('number') ? this.brand : 'unknown';
    const errors = asked.flatMap((field) => {
      const { valid, code } = judgeInput(field, this.text(field), { ...this.#around, brand });
      return valid ? [] : [{ field, code }];
    });
    if (errors.length > 0) return { errors };
    const expiry = asked.includes('expiry') ? parseExpiry(this.text('expiry')) : undefined;
    return {
      ...(asked.includes('number') ? { number: digitsOf(this.text('number')) } : {}),
      ...(expiry ? { expiry: { month: expiry.month, year: expiry.year } } : {}),
      ...(asked.includes('cvc') ? { cvc: digitsOf(this.text('cvc')) } : {}),
      ...(asked.includes('name') ? { name: this.text('name').normalize('NFC').trim() } : {}),
      ...(asked.includes('postalCode')
        ? { postalCode: postalCodeOf(this.text('postalCode')) }
        : {}),
      errors: [],
    };
  }

  #observeField(name: FieldName): FieldState {
    const cell = this.#cells[name];
    const judgement = this.#judge(name);
    // P2: a number's validity is told only when it was left or cannot grow, so that a page cannot
    // learn from partial numbers which digits would pass Luhn.
    const told =
      name !== 'number' || cell.settled || digitsOf(cell.text).length === longestLength(this.brand);
    const error = this.errorOf(name);
    return {
      empty: cell.text === '',
      complete: told && judgement.valid,
      valid: told && judgement.valid,
      potentiallyValid: told ? judgement.potentiallyValid : true,
      focused: cell.focused,
      ...(error ? { error } : {}),
    };
  }

  /** @param rest - how long (ms) it must not be edited, entered or left before it counts as settled. */
  #settle(cell: Cell, rest: number): void {
    const { editedAt, focused } = cell;
    const settle = () => {
      if (cell.editedAt === editedAt && cell.focused === focused) cell.settled = true;
      this.#changed();
    };
    if (rest > 0) setTimeout(settle, rest);
    else cell.settled = true;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #judge(name: FieldName): Judgement {
    return judgeInput(name, this.text(name), this.#around);
  }

  get #around(): Circumstances {
    return { brand: this.brand, now: this.#now() };
  }
}
