/*
 * What hands, clipboards, browsers and password managers put into inputs, and what must stand there then.
 * One table for all engines. Formatting judges nothing, so the years need not be to come.
 */

/** A text for an input, by its autocomplete, and what it becomes. */
export type Row = readonly [input: string, text: string, shown: string];

const WHOLE = '4242 4242 4242 4242';

/** As people copy them; for every engine. */
export const PASTED: readonly Row[] = [
  ['cc-number', '4242-4242 4242 4242\n', WHOLE],
  ['cc-number', '\u200f4242 4242\u200e 4242 4242\u200f', WHOLE],
  ['cc-number', '４２４２　４２４２　４２４２　４２４２', WHOLE],
  ['cc-exp', '\u200f12/31\n', '12 / 31'],
  ['cc-csc', '１２３', '123'],
];

/** Junk, signs that nobody sees, and the digits of other scripts, in which engines do not differ. */
export const PASTED_TOO: readonly Row[] = [
  ['cc-number', 'Visa: 4242.4242.4242.4242;', WHOLE],
  ['cc-number', '4242\u00a04242\u202f4242\u20094242\ufeff', WHOLE],
  ['cc-number', '\u202d4242424242424242\u202c', WHOLE],
  ['cc-number', '\u20674242 4242 4242 4242\u2069', WHOLE],
  ['cc-number', '٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢', WHOLE],
  ['cc-number', '۴۲۴۲-۴۲۴۲-۴۲۴۲-۴۲۴۲', WHOLE],
  ['cc-number', '3782-822463-10005', '3782 822463 10005'],
  ['cc-number', '42424242424242424242', '4242 4242 4242 4242 424'],
  ['cc-exp', '１２／３１', '12 / 31'],
  ['cc-exp', '١٢/٣١', '12 / 31'],
  ['cc-exp', '2031-12', '12 / 31'],
  ['cc-csc', '\u200e1 2 3\n', '123'],
  ['cc-csc', '۱۲۳', '123'],
];

/** How browsers, password managers and wallets spell March 2031. */
export const EXPIRIES = [
  ...['03/2031', '0331', '03/31', '3/31', '2031-03'],
  ...['3/2031', '032031', '03-31', '03 / 2031', '2031/03', '\u200e03\u200e/\u200e31'],
] as const;
export const MARCH = '03 / 31';

/** In which events those who fill tell an input that its value was set. */
export const FILLERS = {
  bare: ['input'],
  'with a change': ['input', 'change'],
  'as if typed': ['keydown', 'keypress', 'input', 'keyup', 'change'],
  'as if entered and left': ['focus', 'keydown', 'input', 'change', 'blur'],
} as const;

/**
 * Fills inputs of the document it runs in, all in one turn, as extensions do: around whatever a framework
 * keeps of the value, and with events that are no `InputEvent` and have no key. Answers what they then show.
 * It travels as text.
 */
export function fillDocument(
  values: Readonly<Record<string, string>>,
  events: readonly string[],
): string[] {
  return Object.entries(values).map(([purpose, value]) => {
    const input = document.querySelector(`[autocomplete="${purpose}"]`);
    if (!(input instanceof HTMLInputElement)) throw new Error(`no ${purpose} here`);
    for (const type of events) {
      if (type === 'input') Reflect.set(HTMLInputElement.prototype, 'value', value, input);
      input.dispatchEvent(new Event(type, { bubbles: !/focus|blur/.test(type) }));
    }
    return input.value;
  });
}

/** Keys that edit where the caret stands. */
export const EDITS = { insert: '9', backward: 'Backspace', forward: 'Delete' } as const;
export type EditName = keyof typeof EDITS;

/** What an edit leaves: the text and the place of its caret. */
export type Left = { readonly text: string; readonly caret: number };

/** A number of sixteen digits of which no two neighbours are alike. */
export const NUMBER = '4539 5787 6362 1486';

/**
 * What one edit of {@link NUMBER} must leave, by arithmetic on its digits: a caret stands behind the digit
 * it was behind, and where that one ends a group, on the side of the gap it was going to.
 */
export function expectedAfter(edit: EditName, place: number): Left {
  const digits = NUMBER.replaceAll(' ', '');
  const index = place - Math.floor(place / 5);
  if (edit === 'insert') {
    const text = grouped(digits.slice(0, index) + EDITS.insert + digits.slice(index));
    return { text, caret: index + 1 + Math.floor((index + 1) / 4) };
  }
  const from = edit === 'backward' ? index - 1 : index;
  if (from < 0 || from >= digits.length) return { text: NUMBER, caret: place };
  const text = grouped(digits.slice(0, from) + digits.slice(from + 1));
  return { text, caret: from + Math.max(0, Math.floor((from - 1) / 4)) };
}

function grouped(digits: string): string {
  return digits.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

/**
 * Puts {@link NUMBER} back at each key that comes, and the caret one place further on; keeps what the key
 * before has left. It runs in the document of the number, and travels as text.
 */
export function editEverywhere(whole: string): void {
  const input = document.querySelector<HTMLInputElement>('[autocomplete=cc-number]');
  const left: { text: string; caret: number | null }[] = [];
  Reflect.set(window, 'left', left);
  let place = -1;
  const onKey = () => {
    if (!input) return;
    if (place >= 0) left.push({ text: input.value, caret: input.selectionStart });
    place += 1;
    Reflect.set(HTMLInputElement.prototype, 'value', whole, input);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.setSelectionRange(place, place);
  };
  addEventListener('keydown', onKey, true);
  Reflect.set(window, 'stop', () => {
    onKey();
    removeEventListener('keydown', onKey, true);
    return JSON.stringify(left);
  });
}
