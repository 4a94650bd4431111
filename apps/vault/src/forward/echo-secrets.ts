/** Something that went out in a forwarded request, and must not come back. */
export type Secret = {
  /**
   * - `number`: of a card, its digits;
   * - `code`: its security code;
   * - `iban`, `account`: of a bank account; letters in either case;
   * - `text`: anything else, as it was typed;
   * - `credential`: of the account at the gateway, looked for as a text is. No card data: nobody is told of an echo.
   */
  readonly kind: 'number' | 'code' | 'iban' | 'account' | 'text' | 'credential';
  readonly value: string;
  /** Members, parameters or headers in which it was sent, such as `cv2`: where a code is looked for. */
  readonly names?: readonly string[];
};

export type Secrets = readonly Secret[];

/** One that people group: its letters and digits alone, in upper case, with signs anywhere between. */
export type Grouped = { readonly kind: Secret['kind']; readonly signs: string };
/** One that is found only where it is all of a value. */
export type Whole = {
  readonly kind: Secret['kind'];
  /** Itself, and how it reads in base64 and hex, as Latin-1. */
  readonly spellings: readonly string[];
  /** Names that it was sent under; a text is looked for under any. */
  readonly names: ReadonlySet<string> | 'any';
};

export type Sought = {
  readonly grouped: readonly Grouped[];
  /** Found as they are, wherever they stand: Latin-1 of their UTF-8. */
  readonly exact: readonly { readonly kind: Secret['kind']; readonly text: string }[];
  readonly whole: readonly Whole[];
  /** Of the longest of them, in bytes. */
  readonly longest: number;
};

/** What is shorter stands in too many ids and amounts by chance. */
const SHORTEST_GROUPED = 8;
export const SHORTEST_EXACT = 6;

/** How each secret is looked for. */
export function soughtOf(secrets: Secrets): Sought {
  const told = secrets.filter(({ value }) => value !== '');
  const grouped = told
    .filter(isGrouped)
    .map(({ kind, value }) => ({ kind, signs: signsOf(value) }));
  const exact = told.filter(isExact).map(({ kind, value }) => ({ kind, text: latin(value) }));
  const whole = told.filter((each) => !isGrouped(each) && !isExact(each)).map(wholeOf);
  const lengths = told.map(({ value }) => Buffer.byteLength(value));
  return { grouped, exact, whole, longest: Math.max(19, ...lengths) };
}

/** A name as it is compared: `card[Security-Code]` is `cardsecuritycode`. */
export const nameOf = (text: string) => text.toLowerCase().replace(/[^0-9a-z]/g, '');

const GROUPED: ReadonlySet<Secret['kind']> = new Set(['number', 'iban', 'account']);
const EXACT: ReadonlySet<Secret['kind']> = new Set(['text', 'credential']);

const isGrouped = ({ kind, value }: Secret) =>
  GROUPED.has(kind) && signsOf(value).length >= SHORTEST_GROUPED;
const isExact = ({ kind, value }: Secret) =>
  EXACT.has(kind) && Buffer.byteLength(value) >= SHORTEST_EXACT;

const signsOf = (value: string) => value.toUpperCase().replace(/[^0-9A-Z]/g, '');
const latin = (value: string) => Buffer.from(value).toString('latin1');

function wholeOf({ kind, value, names = [] }: Secret): Whole {
  const bytes = Buffer.from(value);
  const base64 = bytes.toString('base64');
  const spellings = [
    ...[latin(value), base64, base64.replace(/=+$/, ''), bytes.toString('base64url')],
    ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
  ];
  const own = kind === 'code' ? new Set(names.map(nameOf)) : 'any';
  return { kind, spellings: [...new Set(spellings)], names: own };
}
