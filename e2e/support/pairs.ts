import { randomInt } from 'node:crypto';
import { type Card, canaryNumber, randomDigits, VISA } from './cards.ts';
import { type Hands, type Step, tick } from './transcript.ts';

/*
 * Beginnings of one brand each that show the same brand after every digit, a length, and whether a
 * valid number moves on by itself.
 */
const KINDS = [
  { prefixes: ['42424242', '40000000', '41111111', '49176100'], length: 16, code: 3, goesOn: true },
  { prefixes: ['42424242', '40000000', '41111111'], length: 13, code: 3, goesOn: false },
  { prefixes: ['55555555', '51051051', '52008282', '53535353'], length: 16, code: 3, goesOn: true },
  { prefixes: ['22230031', '22230000', '22297777'], length: 16, code: 3, goesOn: true },
  { prefixes: ['37828224', '37144963', '34343434'], length: 15, code: 4, goesOn: true },
  { prefixes: ['60111111', '60110009', '60119999'], length: 16, code: 3, goesOn: true },
  { prefixes: ['36227206', '36148900', '39000000'], length: 14, code: 3, goesOn: false },
  { prefixes: ['35660020', '35303311', '35891234'], length: 16, code: 3, goesOn: true },
  { prefixes: ['62000000', '62012345'], length: 16, code: 3, goesOn: false },
  { prefixes: ['62055500', '62099999'], length: 19, code: 3, goesOn: true },
  { prefixes: ['67596498', '67712345'], length: 16, code: 3, goesOn: false },
] as const;

/** Of two networks each, which test mode takes: when the number is done, a choice is shown. */
const CO_BADGED = [
  { prefixes: ['67030000', '67034444'], length: 16, code: 3, goesOn: true },
  { prefixes: ['45710000', '45710000'], length: 16, code: 3, goesOn: true },
] as const;

export type Kind = (typeof KINDS)[number] | (typeof CO_BADGED)[number];

/** A card to type, and what its number's kind does. */
export type Typed = Card & {
  readonly name: string;
  readonly goesOn: boolean;
  /** A last digit that is neither the number's own nor the right one. */
  readonly slip: string;
};

/** Two cards between which the page must see no difference. */
export type Pair = readonly [Typed, Typed];

const NAMES = ['Li', 'Ada Lovelace', 'Зоя Космодемьянская', '山田 太郎', 'O’Brien, Jr.'];

function any<T>(among: readonly T[], not?: T): T {
  const choice = among.filter((one) => one !== not);
  const found = choice[randomInt(choice.length)];
  if (found === undefined) throw new RangeError('nothing to choose from');
  return found;
}

const lastDigit = (number: string, by: number) => String((Number(number.at(-1)) + by) % 10);

function typed(kind: Kind, number: string, name: string): Typed {
  const { code, goesOn } = kind;
  const slip = lastDigit(number, 3);
  return { number, expiry: VISA.expiry, cvc: randomDigits(code), name, goesOn, slip };
}

/** The `index`-th of a series of pairs over all kinds; `tradable` ones are what test mode takes. */
export function pairFor(index: number, tradable = false): Pair {
  const kind = tradable ? KINDS[0] : (KINDS[index % KINDS.length] ?? KINDS[0]);
  const one = any<string>(kind.prefixes.slice(0, tradable ? 2 : undefined));
  const names = any(NAMES);
  return [
    typed(kind, canaryNumber(one, kind.length), names),
    typed(
      kind,
      canaryNumber(any<string>(kind.prefixes.slice(0, tradable ? 2 : undefined)), kind.length),
      any(NAMES, names),
    ),
  ];
}

/** The same of cards that begin with the same eight digits: all that a page may ever see of a BIN. */
export function sameBinPair(index: number): Pair {
  const kind = KINDS[index % KINDS.length] ?? KINDS[0];
  const [bin] = kind.prefixes;
  const any8 = () => typed(kind, canaryNumber(bin, kind.length), any(NAMES));
  return [any8(), any8()];
}

/** The same of co-badged cards. */
export function coBadgedPair(index: number): Pair {
  const kind = CO_BADGED[index % CO_BADGED.length] ?? CO_BADGED[0];
  const [one, other] = kind.prefixes;
  return [
    typed(kind, canaryNumber(one, kind.length), any(NAMES)),
    typed(kind, canaryNumber(other, kind.length), any(NAMES)),
  ];
}

/** Both with a wrong last digit, off by different amounts. */
export function madeInvalid([one, other]: Pair): Pair {
  const bad = (card: Typed, by: number): Typed => ({
    ...card,
    number: card.number.slice(0, -1) + lastDigit(card.number, by),
    slip: lastDigit(card.number, by === 9 ? 1 : by + 1),
    goesOn: false,
  });
  return [bad(one, randomInt(1, 5)), bad(other, randomInt(5, 10))];
}

const type =
  (text: string): Step =>
  ({ page }) =>
    page.keyboard.type(text);
const press =
  (...keys: string[]): Step =>
  async ({ page }) => {
    for (const key of keys) await page.keyboard.press(key);
  };
/** Into the upper left of something, where the number stands; without waiting for frames to be drawn. */
const click =
  (selector: string): Step =>
  async ({ page }) => {
    const { x, y } = await page.evaluate(
      (what) => document.querySelector(what)?.getBoundingClientRect().toJSON(),
      selector,
    );
    await page.mouse.click(x + 60, y + (selector === 'iframe' ? 40 : 8));
  };
const pause =
  (ms: number): Step =>
  ({ page }) =>
    page.clock.runFor(ms);

/**
 * An edit that comes without keys. The clipboard belongs to the whole machine, so what a browser does
 * on paste and on filling a form is done here to the input that has focus: the value, then the event.
 */
const put =
  (text: string, inputType?: string): Step =>
  ({ frame }) =>
    frame.evaluate(
      (how) => {
        const input = document.activeElement as HTMLInputElement;
        input.value = how.text;
        const init = { bubbles: true };
        const { inputType: kind } = how;
        input.dispatchEvent(
          kind === undefined
            ? new Event('input', init)
            : new InputEvent('input', { ...init, inputType: kind }),
        );
      },
      { text, ...(inputType === undefined ? {} : { inputType }) },
    );

const onward = ({ goesOn }: Typed): Step[] => (goesOn ? [] : [press('Tab')]);
const rest = (card: Typed): Step[] => [...onward(card), type(card.expiry), type(card.cvc)];
const from = ({ number }: Card, start: number, end?: number) => type(number.slice(start, end));

/** How a shopper types a card; the number's input has focus and all is empty. */
export type Course = (card: Typed) => readonly Step[];

/** A page that asks for a token; the answer goes into the transcript by its port. */
const tokenize: Step = ({ page }) =>
  page.evaluate(async () => {
    await Reflect.get(window, 'elements').tokenize();
  });

export const COURSES = {
  'key by key': (card) => [from(card, 0, 1), from(card, 1, -1), from(card, -1), ...rest(card)],
  'in one go': (card) => [type(card.number), ...rest(card), press('Enter')],
  'wrong, then right': (card) => [
    from(card, 0, -1),
    type(card.slip),
    press('Tab'),
    press('Shift+Tab', 'End', 'Backspace'),
    from(card, -1),
    ...rest(card),
  ],
  'with corrections': (card) => [
    from(card, 0, 9),
    press('Backspace', 'Backspace', 'Backspace'),
    from(card, 6, 10),
    // However the brand is grouped, no gap stands there.
    press('ArrowLeft', 'Backspace'),
    from(card, 8, 9),
    press('End'),
    from(card, 10),
    ...rest(card),
  ],
  'left half-way and come back to': (card) => [
    from(card, 0, 9),
    press('Tab'),
    press('Shift+Tab', 'End', 'Escape'),
    from(card, 9),
    ...rest(card),
  ],
  'clicked away from half-way': (card) => [
    from(card, 0, 9),
    // A blur right after a digit is what a thief of focus makes.
    pause(600),
    click('#own'),
    click('iframe'),
    press('End'),
    from(card, 9),
    ...rest(card),
  ],
  pasted: (card) => [
    put(`${card.number.slice(0, 5)}-${card.number.slice(5)}\n`, 'insertFromPaste'),
    press('Tab'),
    put(card.expiry, 'insertFromPaste'),
    press('Tab'),
    put(card.cvc, 'insertFromPaste'),
  ],
  filled: (card) => [
    put(card.number),
    press('Tab'),
    put(`${card.expiry.slice(0, 2)}/20${card.expiry.slice(2)}`),
    press('Tab'),
    put(card.cvc),
    press('Tab'),
    put(card.name),
    press('Shift+Tab'),
  ],
  'with a name': (card) => [type(card.number), ...rest(card), type(card.name), press('Escape')],
  'asked for half-way': (card) => [
    from(card, 0, 9),
    pause(800),
    tokenize,
    press('End'),
    from(card, 9),
    ...rest(card),
  ],
  'taken back': (card) => [
    type(card.number),
    ...rest(card),
    ({ page }) => page.evaluate(() => Reflect.get(window, 'card').clear('cvc')),
    ({ page }) => page.evaluate(() => Reflect.get(window, 'card').clear()),
  ],
} as const satisfies Record<string, Course>;

/**
 * A number that loses its first digits and gets them back; for cards of one BIN. Three of them, so that a digit which is
 * not shared comes to stand among the first six, and no more, so that the brand stays one.
 */
export const CUT: Course = (card) => [
  from(card, 0, -1),
  press('Home', 'Delete', 'Delete', 'Delete'),
  pause(800),
  from(card, 0, 3),
  press('End'),
  from(card, -1),
  ...rest(card),
];

/** A whole card traded for a token: needs a number that test mode takes. */
export const TRADED: Course = (card) => [
  type(card.number),
  ...rest(card),
  type(card.name),
  pause(800),
  tokenize,
];

/** The same of a co-badged card, whose holder chooses, changes their mind, and comes back to the number. */
export const CHOSEN: Course = (card) => [
  type(card.number),
  // Typing has gone on to the expiry; the choice is there when the number has rested.
  pause(800),
  press('Shift+Tab'),
  press('ArrowDown'),
  press('ArrowDown'),
  press('Shift+Tab', 'End'),
  press('Backspace'),
  from(card, -1),
  pause(800),
  press('Shift+Tab'),
  press('ArrowDown'),
  press('Tab'),
  type(card.expiry),
  type(card.cvc),
  type(card.name),
  pause(800),
  tokenize,
];

/** Empties the element and gives its number the focus, as every course expects. */
export async function startOver({ page, frame }: Hands): Promise<void> {
  await page.evaluate(() => Reflect.get(window, 'card').clear());
  await frame.evaluate(() => document.getElementById('number')?.focus());
  await tick({ page, frame });
  await tick({ page, frame });
}
