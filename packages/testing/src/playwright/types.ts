/*
 * What is asked of Playwright, by shape: a `Page`, `Frame`, `Locator` or `FrameLocator` of any of its
 * packages and of any version since 1.45 has it, and none of them need be installed for these types.
 */

/** Whatever elements stand in: a page, a frame of one, or a part of either. */
export type Scope = { locator(selector: string): Part };

/** A part of a page. */
export type Part = Scope & {
  all(): Promise<Part[]>;
  click(options?: { timeout?: number }): Promise<void>;
  contentFrame(): Scope;
  count(): Promise<number>;
  getAttribute(name: string): Promise<string | null>;
  press(key: string): Promise<void>;
  pressSequentially(text: string): Promise<void>;
  textContent(): Promise<string | null>;
};

/** An input inside an element. */
export type Field = keyof TypedCard | 'iban' | 'routingNumber' | 'accountNumber' | 'text';

/** What a person types; a card of the deck, or any other. */
export type TypedCard = {
  readonly [name in 'number' | 'expiry' | 'cvc' | 'name' | 'postalCode']?: string | undefined;
};

/** Where to look, and for how long. */
export type Where = {
  /** A part of the page, where several elements have the same input. */
  within?: string | Scope;
  /** How long (ms) to wait for the element to be ready. Default 10,000. */
  timeout?: number;
};
