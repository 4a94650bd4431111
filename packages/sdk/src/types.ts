import type { AppearanceOptions } from './appearance-types.ts';
import type {
  HushfieldErrorShape,
  TokenizeResult,
  CollectResult,
  RevealResult,
} from './token-types.ts';

export type {
  AppearanceVariables,
  AppearanceOptions,
  AppearancePart,
  AppearanceColours,
  AppearanceRule,
} from './appearance-types.ts';
export type {
  TokenBase,
  Account,
  CardToken,
  Token,
  CollectedToken,
  HushfieldErrorShape,
  TokenizeResult,
  CollectResult,
  RevealedToken,
  RevealResult,
} from './token-types.ts';

/** An element a page can mount; `card` holds several inputs in one frame and suits autofill and phones best. */
export type ElementType =
  | 'card'
  | 'cardNumber'
  | 'cardExpiry'
  | 'cardCvc'
  | 'cardholderName'
  | 'postalCode'
  | 'iban'
  /** Of a bank in the United States, with its routing number. */
  | 'accountNumber'
  /** Any secret, by a rule that the vault has under the `policy` you name. */
  | 'text'
  /** Shows what a grant of your backend's is for; see `elements.reveal`. */
  | 'reveal'
  /** Puts the same on the clipboard, past the page. */
  | 'copyButton';

/** One input inside an element. */
export type FieldName =
  | 'number'
  | 'expiry'
  | 'cvc'
  | 'name'
  | 'postalCode'
  | 'iban'
  | 'routingNumber'
  | 'accountNumber'
  | 'text'
  /** Of a `reveal` and a `copyButton`: whether something is shown. */
  | 'shown';

/** A network as states and tokens name it. */
export type Network =
  | 'visa'
  | 'mastercard'
  | 'amex'
  | 'discover'
  | 'diners'
  | 'jcb'
  | 'unionpay'
  | 'maestro'
  | 'mir'
  | 'elo'
  | 'hiper'
  | 'hipercard'
  | 'rupay'
  | 'verve'
  | 'troy'
  | 'dankort'
  | 'uatp'
  | 'cartes_bancaires'
  | 'bancontact'
  | 'eftpos_australia'
  | 'cabal'
  | 'naranja';

/** Texts by input; plain text, at most 200 characters. */
export type FieldTexts = Partial<Record<FieldName, string>>;

/** Options of one element. */
export type ElementOptions = {
  /** Inputs of a `card` element, in order. Default `['number', 'expiry', 'cvc']`. */
  fields?: FieldName[];
  layout?: 'row' | 'column' | 'grid';
  appearance?: AppearanceOptions;
  /** A BCP 47 tag, or `auto` for the shopper's own. May be changed while shoppers type. */
  locale?: string;
  labels?: FieldTexts;
  placeholders?: FieldTexts;
  /** Sentences in the place of ours, by error code, such as `incomplete_number`. */
  messages?: Record<string, string>;
  /** What a screen reader calls the frame; a name in the shopper's language without. */
  title?: string;
  disabled?: boolean;
  /** Of a `text`: the name of its rule, which an operator has given to the vault. */
  policy?: string;
  /**
   * Of a card that runs on several networks, the shopper chooses; the first of these that it runs on stands chosen
   * until they do. What was given first holds as long as the element is mounted.
   */
  preferredNetworks?: Network[];
  /** Of an expiry: month and year in an input each. */
  split?: boolean;
  /** Your texts for an element that could not be loaded, in English without; `false` where you show it yourself. */
  fallback?: FallbackTexts | false;
};

/** What a shopper reads where an element could not be loaded. */
export type FallbackTexts = {
  /** A sentence. */
  message: string;
  /** What the button says that loads it again. */
  retry: string;
};

/** Options of a group of elements that are tokenized together. */
export type ElementsOptions = {
  appearance?: AppearanceOptions;
  locale?: string;
  fallback?: FallbackTexts | false;
  /** The `session` your backend was given by the vault for this page. */
  session?: string;
};

/** Options of an instance. */
export type HushfieldOptions = {
  /** Where the frames live, for example `https://fields.example`. The script tag knows its own. */
  fieldsOrigin?: string;
  /** BCP 47 tag, or `auto` for the browser's. */
  locale?: string;
};

/** What went wrong with one input, in the shopper's language. */
export type FieldError = { code: string; message: string; field: FieldName };

/** State of one input. */
export type FieldState = {
  empty: boolean;
  complete: boolean;
  /** For a number, this settles on blur, once it was filled in, or at the brand's longest length, never while typing. */
  valid: boolean;
  /** False once nothing that could be typed next would make it valid. */
  potentiallyValid: boolean;
  focused: boolean;
  error?: FieldError | undefined;
};

/** State of an element; all a page ever learns before there is a token. */
export type ElementState = {
  elementType: ElementType;
  empty: boolean;
  complete: boolean;
  valid: boolean;
  potentiallyValid: boolean;
  brand: string;
  networks: string[];
  /** While a choice of networks is shown: the one that is chosen, by the shopper or by `preferredNetworks`. */
  network?: string | undefined;
  /** The first six or eight digits of a number that is done, where your key has `binDigits`; never without. */
  bin?: string | undefined;
  error?: FieldError | undefined;
  fields: { [name in FieldName]?: FieldState | undefined };
};

/** Events of an element and what each brings. */
export type ElementEvents = {
  ready: { elementType: ElementType };
  change: ElementState;
  /** Once the number is done: networks that the card may run on, and the one that is chosen. */
  networkschange: { networks: string[]; network?: string | undefined };
  /** Once the number is done, as much of it as your key shows; when it is another or gone, `change` says so. */
  binavailable: { bin: string };
  focus: { field: FieldName };
  blur: { field: FieldName };
  escape: { field: FieldName };
  /**
   * Enter was pressed. Unless prevented on the DOM event, the surrounding form's first submit button is, as by Enter in an
   * input of the page's own: nothing happens where that button is disabled.
   */
  submit: { field: FieldName };
  autofill: { field: FieldName };
  /** A person has copied what a `copyButton` holds. */
  copy: { field: FieldName };
  loaderror: { error: HushfieldErrorShape };
  warning: { code: string };
};

/** One mounted or mountable element. */
export type HushfieldElement = {
  readonly type: ElementType;
  /**
   * Puts the element into a container; resolves when its inputs can be typed into, or is rejected within
   * fifteen seconds. The same container again is a no-op.
   *
   * @param container - a selector or an element, which may be inside a shadow root.
   */
  mount(container: string | Element): Promise<void>;
  /** Listens; returns what stops listening. The same events bubble from the container as `hushfield:<name>`. */
  on<E extends keyof ElementEvents>(
    event: E,
    listener: (payload: ElementEvents[E]) => void,
  ): () => void;
  once<E extends keyof ElementEvents>(
    event: E,
    listener: (payload: ElementEvents[E]) => void,
  ): () => void;
  off<E extends keyof ElementEvents>(event: E, listener: (payload: ElementEvents[E]) => void): void;
  /** Changes options; what was typed stays. */
  update(options: ElementOptions): void;
  /** Moves focus to an input, the first by default. Phones want this to follow a tap. */
  focus(field?: FieldName): void;
  blur(): void;
  clear(field?: FieldName): void;
  /** Shows the page's own message at an input, until the shopper edits it; an empty text takes it away. */
  setError(field: FieldName, message: string): void;
  getState(): ElementState;
  /** Loads the frame again after `loaderror`. */
  retry(): Promise<void>;
  /** Takes the element out of the page. It can be mounted again; typed values are gone. */
  unmount(): void;
  /** Ends the element for good. */
  destroy(): void;
};

/** Options of one call. */
export type TokenizeOptions = {
  signal?: AbortSignal;
  /** In the place of the group's: after `session_expired`, so that nobody types a card twice. */
  session?: string;
};

/** The token whose security code is typed again. */
export type CollectOptions = TokenizeOptions & { token: string; fields: ['cvc'] };

/** A permission of your backend's, to show something once. */
export type RevealOptions = TokenizeOptions & { grant: string };

/** Elements that belong to one payment. */
export type HushfieldElements = {
  create(type: ElementType, options?: ElementOptions): HushfieldElement;
  /**
   * Seals what the elements hold and trades it for a token. Never throws for what a shopper or a
   * network can cause; retries transport failures itself, for half a minute; a second call under the same
   * session while one is under way answers the same, until its own signal ends it. With a token the inputs are emptied, so keep it until your order is through; with
   * an error they hold what was typed.
   */
  tokenize(options?: TokenizeOptions): Promise<TokenizeResult>;
  /**
   * Collects a security code again, for a card that is a token already: out of a `cardCvc`, or a `card`
   * with that input. What stands in other inputs is neither judged nor taken.
   */
  tokenize(options: CollectOptions): Promise<CollectResult>;
  /**
   * Has what a grant is for shown in the group's `reveal`, and given to its `copyButton`. The grant is used up
   * by it. Never throws for what a person or a network can cause.
   */
  reveal(options: RevealOptions): Promise<RevealResult>;
  destroy(): void;
};

/** An instance bound to one publishable key. */
export type Hushfield = { elements(options?: ElementsOptions): HushfieldElements };
