import type { FieldName, Hushfield, Network } from '@hushfield/sdk';

/** What a person types; the same shape as in the deck. */
export type TypedCard = {
  readonly number: string;
  readonly expiry: string;
  readonly cvc?: string | undefined;
  readonly name?: string | undefined;
  readonly postalCode?: string | undefined;
};

/** Why the next `tokenize` is to fail; any code of `HushfieldErrorShape`. */
export type FakeFailure = {
  /** Of a `validation_error`: the input that is told, as when only the vault could know. */
  readonly field?: FieldName;
  readonly requestId?: string;
};

/** One `tokenize` or `reveal` that reached the fake, as the page asked for it. */
export type FakeCall = {
  readonly session: string | undefined;
  /** The token whose security code was collected again. */
  readonly token: string | undefined;
  /** What something was shown by. */
  readonly grant: string | undefined;
};

/** Stands in for the SDK in a unit test, with a hand of the test's on its inputs. */
export type FakeHushfield = Hushfield & {
  /** So that a fake is never taken for the real one. */
  readonly isFake: true;
  /** Every call of `tokenize` and `reveal`, oldest first. */
  readonly calls: readonly FakeCall[];
  /** Focuses an input, types in the place of what stood there, and goes on to the next when it is full. */
  type(field: FieldName, text: string): Promise<void>;
  /** Types a card into whichever elements are mounted. */
  fillCard(card: TypedCard): Promise<void>;
  /** Fills inputs as a browser does that knows the card. */
  autofill(card: TypedCard): Promise<void>;
  /** Presses a key in an input. Enter submits the surrounding form. */
  press(field: FieldName, key: 'Enter' | 'Escape'): Promise<void>;
  /** Chooses a network for a co-badged card, of those that are offered once its number is done. */
  chooseNetwork(network: Network): Promise<void>;
  /**
   * What the `binDigits` of key and session let a page see from now on; nothing of a BIN without. A fake reads no
   * session: `showBin(0)` stands for one that shows none.
   */
  showBin(digits: 0 | 6 | 8): void;
  focus(field: FieldName): Promise<void>;
  /** Leaves whichever input has focus. */
  blur(): Promise<void>;
  /** Makes the element that holds an input warn. */
  warn(field: FieldName, code: 'focus_lost' | 'obscured'): Promise<void>;
  /** Lets the next `tokenize` fail with a code, once what was typed is in order. */
  failNext(code: string, failure?: FakeFailure): void;
  /** Lets the next `mount` fail, as a blocked frame does. */
  failNextMount(code: FakeMountFailure): void;
  /** Keeps every `tokenize` waiting until the returned function is called. */
  hold(): () => void;
};

export const MOUNT_FAILURES = [
  'frame_timeout',
  'frame_blocked_csp',
  'version_mismatch',
  'browser_unsupported',
  'insecure_context',
] as const;

/** What a frame can fail to load with. */
export type FakeMountFailure = (typeof MOUNT_FAILURES)[number];
