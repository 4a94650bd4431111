import type { Edit } from '@hushfield/card';
import type {
  ElementState,
  ElementType,
  FieldError,
  FieldName,
  FieldState,
} from '@hushfield/contract/frame';
import type { Collected } from '@hushfield/contract/sibling';
import { type Cell, makeCell, oneBin, restOf, writeTo } from './cell.ts';
import { invalid, type Rules, type Texts, unfinished, type ValidationCode } from './rules.ts';

/** All inputs of one element: what was typed, what it means, and what may be told of it. */
export class FieldModel {
  readonly #rules: Rules;
  readonly #now: () => number;
  readonly #say: (code: ValidationCode) => string;
  readonly #cells = new Map<FieldName, Cell>();
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
  constructor(rules: Rules, now: () => number, say: (code: ValidationCode) => string) {
    this.#rules = rules;
    this.#now = now;
    this.#say = say;
    for (const name of rules.names) this.#cells.set(name, makeCell());
  }

  /** @param listener - called at every change of what is seen of the element or told of it. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Tells the listeners; called by whoever changes what the rules go by, too. */
  changed(): void {
    for (const listener of this.#listeners) listener();
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
    this.changed();
  }

  readonly text: Texts = (name) => this.#cells.get(name)?.text ?? '';

  before(name: FieldName): Edit {
    return this.#cell(name).before;
  }

  /** Keeps what an input shows, before an edit and as it was formatted after. */
  remember(name: FieldName, edit: Edit): void {
    this.#cell(name).before = edit;
  }

  /** The page kept taking focus away while a card was typed: nothing more is taken or given here. */
  get locked(): boolean {
    return this.#locked;
  }

  lock(): void {
    this.clear();
    this.#locked = true;
    this.changed();
    this.#onLock();
  }

  edit(name: FieldName, text: string): void {
    if (this.#locked) return;
    writeTo(this.#cell(name), text);
    this.changed();
  }

  /** Keeps what the shopper has chosen for the text of an input, until that is edited. */
  pick(name: FieldName, choice: string): void {
    this.#cell(name).picked = choice;
    this.changed();
  }

  focus(name: FieldName): void {
    this.#cell(name).focused = true;
    this.changed();
  }

  isFocused(name: FieldName): boolean {
    return this.#cell(name).focused;
  }

  /**
   * An input has lost focus.
   *
   * @param meant - by a key of the shopper's. A page can take focus away too, after each
   *   digit, and would be told the validity of every beginning of a number; so without, an input
   *   settles when it has rested.
   */
  leave(name: FieldName, meant: boolean): void {
    const cell = this.#cell(name);
    cell.focused = false;
    cell.checked ||= cell.text !== '';
    this.#settle(cell, meant ? 0 : restOf(cell));
  }

  /** A browser or a password manager has filled an input: one that it need not enter, nor leave. */
  filled(name: FieldName): void {
    const cell = this.#cell(name);
    cell.checked ||= !cell.focused && cell.text !== '';
    this.#settle(cell, restOf(cell));
  }

  /** Shows the page's own message at an input; an empty one takes it away. */
  note(name: FieldName, message: string): void {
    const error: FieldError = { code: invalid(name), message, field: name };
    this.#cell(name).notice = message === '' ? undefined : error;
    this.changed();
  }

  /** Shows what only the vault could judge. */
  reject(name: FieldName, code: ValidationCode): void {
    if (this.restIn([name]) > 0 || !this.fields.includes(name)) return;
    this.#cell(name).notice = { code, message: this.#say(code), field: name };
    this.changed();
  }

  /** Shows all that is missing or wrong in these inputs, as a failed payment does. */
  check(names: readonly FieldName[]): void {
    for (const name of names) {
      this.#cell(name).checked = true;
      this.#cell(name).settled = true;
    }
    this.changed();
  }

  /**
   * How long (ms) until what is guarded may be judged for the page. While it is typed it may not: a page
   * that asks for a token after each key would learn which beginnings of a number pass Luhn, and get
   * the last four digits of those that do.
   */
  restIn(names: readonly FieldName[] = this.fields): number {
    const cells = this.#guarded(names).map((name) => this.#cell(name));
    const typed = cells.filter(({ settled, text }) => !settled && text !== '');
    return Math.max(0, ...typed.map(restOf));
  }

  /** What a controller hears of these inputs that has waited for long enough. */
  stillTyping(names: readonly FieldName[]): Collected {
    return { errors: this.#guarded(names).map((field) => ({ field, code: unfinished(field) })) };
  }

  /** Enter in an input says that its typing is over. */
  finish(name: FieldName): void {
    this.#cell(name).settled = true;
    this.changed();
  }

  clear(names: readonly FieldName[] = this.#rules.names): void {
    for (const name of names) {
      this.edit(name, '');
      this.remember(name, { text: '', caret: 0 });
    }
  }

  isFull(name: FieldName): boolean {
    return this.#rules.isFull(name, this.text, this.#now());
  }

  /**
   * Nothing is left to type here. Free text is never done; what is guarded is by its length alone, or the
   * page could learn from it whether Luhn holds.
   */
  isDone(): boolean {
    return this.fields.every((name) =>
      this.#rules.isGuarded(name) ? this.#rules.isWhole(name, this.text) : this.isFull(name),
    );
  }

  /** How an input without an error looks. */
  stateOf(name: FieldName): 'empty' | 'complete' | '' {
    const { empty, complete } = this.#observeField(name);
    if (empty) return 'empty';
    return complete ? 'complete' : '';
  }

  errorOf(name: FieldName): FieldError | undefined {
    const cell = this.#cell(name);
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
    const guarded = fields.filter(([name]) => this.#rules.isGuarded(name));
    const settled = guarded.length > 0 && guarded.every(([, state]) => state.valid);
    const [cell] = guarded.map(([name]) => this.#cell(name));
    return {
      elementType: this.element,
      empty: states.every((state) => state.empty),
      complete: states.every((state) => state.complete),
      valid,
      potentiallyValid: states.every((state) => state.potentiallyValid),
      ...this.#rules.seen(this.#only(this.fields), settled, cell?.picked),
      ...(settled && cell?.settled && oneBin(cell, this.#rules.bin?.(this.text))),
      ...(error ? { error } : {}),
      fields: Object.fromEntries(fields),
    };
  }

  /** The values of these inputs, for the controller only; with errors when anything is wrong with them. */
  collected(asked: readonly FieldName[]): Collected {
    const [field = 'number'] = asked;
    if (this.locked) return { errors: [{ field, code: 'focus_lost' }] };
    // A code that is asked for alone is of a saved card, and not of the number that stands beside it.
    const texts = this.#only(asked);
    const errors = asked.flatMap((name) => {
      const { valid, code } = this.#rules.judge(name, texts, this.#now());
      return valid ? [] : [{ field: name, code }];
    });
    if (errors.length > 0) return { errors };
    return { ...this.#rules.values(asked, texts, this.observe()), errors };
  }

  #observeField(name: FieldName): FieldState {
    const cell = this.#cell(name);
    const judgement = this.#judge(name);
    // P2: told only when it was left or cannot grow, so that a page cannot learn from partial numbers
    // which digits would pass Luhn.
    const told =
      !this.#rules.isGuarded(name) || cell.settled || this.#rules.cannotGrow(name, this.text);
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
      this.changed();
    };
    if (rest > 0) setTimeout(settle, rest);
    else cell.settled = true;
    this.changed();
  }

  #judge(name: FieldName) {
    return this.#rules.judge(name, this.text, this.#now());
  }

  /** The texts of these inputs, as if the element had no others. */
  #only(names: readonly FieldName[]): Texts {
    return (name) => (names.includes(name) ? this.text(name) : '');
  }

  #guarded(names: readonly FieldName[]): readonly FieldName[] {
    return names.filter((name) => this.#rules.isGuarded(name));
  }

  /** An input that the document does not have holds nothing, and keeps nothing. */
  #cell(name: FieldName): Cell {
    return this.#cells.get(name) ?? makeCell();
  }
}
