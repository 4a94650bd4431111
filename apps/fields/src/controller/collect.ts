import { BridgeError, type Caller, openCaller } from '@hushfield/bridge';
import { type BinDigits, binDigitsOf, type TicketClaims } from '@hushfield/contract/boot';
import { type ErrorShape, errorOf } from '@hushfield/contract/errors';
import { type Brand, type ElementType, type FieldName, isShowing } from '@hushfield/contract/frame';
import type { CardPlaintext, CodePlaintext, SecretPlaintext } from '@hushfield/contract/http';
import {
  type Collected,
  type Shown,
  shownMethods,
  siblingMethods,
} from '@hushfield/contract/sibling';
import type { Session } from './read-session.ts';
import { merged, toPlaintext } from './to-plaintext.ts';

type Sibling = Caller<typeof siblingMethods>;
/** Left out, and not undefined, where all are meant: a field from a cache may know no such argument. */
type Only = [only?: FieldName];

/** What fields go by: the brands that are taken, null for all, and how much of a BIN the page may see. */
export type Terms = { readonly brands: readonly Brand[] | null; readonly binDigits: BinDigits };

export function termsOf(claims: TicketClaims, session: Session | undefined): Terms {
  return { brands: session?.brands ?? null, binDigits: binDigitsOf(claims, session) };
}

/** The fields that have joined, and what they hold; and those that show something. */
export class Siblings {
  readonly #joined = new Map<string, Sibling>();
  readonly #showing = new Map<string, Caller<typeof shownMethods>>();
  #terms: Terms;
  #onLost = () => {};
  /** Resolves when a field has locked itself, because the page kept taking focus away from it. */
  readonly lost: Promise<void> = new Promise((resolve) => {
    this.#onLost = resolve;
  });

  /** @param terms - until a session says otherwise. */
  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /** Takes a field in; the returned function lets it go when another takes its place. */
  join(member: string, port: MessagePort): () => void {
    if (isShowing(member)) return this.#joinShowing(member, port);
    const sibling = openCaller(port, siblingMethods);
    this.#joined.set(member, sibling);
    tell(sibling, this.#terms);
    sibling.remote.lost().then(this.#onLost, () => {});
    return () => sibling.close();
  }

  /** Whether any of these elements is there to show something in. */
  canShow(elements: readonly ElementType[]): boolean {
    return elements.some((element) => this.#showing.has(element));
  }

  /** Has it shown, and put where a hand may copy it; says whether any of these elements has it. */
  async show(shown: Shown, elements: readonly ElementType[]): Promise<boolean> {
    const asked = elements.flatMap(
      (element) => this.#showing.get(element)?.remote.show(shown) ?? [],
    );
    const answers = await Promise.allSettled(asked);
    return answers.some(({ status }) => status === 'fulfilled');
  }

  #joinShowing(member: string, port: MessagePort): () => void {
    const showing = openCaller(port, shownMethods);
    this.#showing.set(member, showing);
    return () => showing.close();
  }

  /** Tells every field, also one that joins later. */
  goBy(terms: Terms): void {
    this.#terms = terms;
    for (const sibling of this.#joined.values()) tell(sibling, terms);
  }

  /**
   * Asks the named elements for their values.
   *
   * @returns what becomes a token, or the first thing that is wrong with it.
   * @throws BridgeError `timeout` when an element has not joined or does not answer.
   */
  async collect(
    elements: readonly ElementType[],
  ): Promise<CardPlaintext | SecretPlaintext | ErrorShape> {
    const whole = await this.#gather(elements);
    if ('code' in whole) return whole;
    const { errors: _none, ...held } = whole;
    return toPlaintext(held);
  }

  /** The same for a security code alone: other inputs are neither judged nor taken. */
  async collectCode(
    elements: readonly ElementType[],
    token: string,
  ): Promise<CodePlaintext | ErrorShape> {
    const part = await this.#gather(elements, 'cvc');
    if ('code' in part) return part;
    const { cvc } = part;
    return cvc === undefined ? errorOf('required_field', { field: 'cvc' }) : { token, cvc };
  }

  /** The values are a token now, or beside one; all of them, or that of one input. */
  async forget(elements: readonly ElementType[], ...only: Only): Promise<void> {
    await Promise.allSettled(this.#remotes(elements).map((remote) => remote.forget(...only)));
  }

  /** Shows an error at the input it speaks of, when it speaks of one. */
  async reject({ field, code }: ErrorShape, elements: readonly ElementType[]): Promise<void> {
    const refusal = siblingMethods.reject.args.safeParse([{ field, code }]);
    if (!refusal.success) return;
    const [input] = refusal.data;
    await Promise.allSettled(this.#remotes(elements).map((remote) => remote.reject(input)));
  }

  /** Others may have left the page, and would be waited for until their deadline. */
  #remotes(elements: readonly ElementType[]): Sibling['remote'][] {
    return elements.flatMap((element) => this.#joined.get(element)?.remote ?? []);
  }

  async #gather(elements: readonly ElementType[], ...only: Only): Promise<Collected | ErrorShape> {
    const holding = elements.filter((element) => !isShowing(element));
    const parts = await Promise.all(holding.map((element) => this.#ask(element, only)));
    const [error] = parts.flatMap((part) => part.errors);
    return error ? errorOf(error.code, { field: error.field }) : merged(parts);
  }

  #ask(element: ElementType, only: Only): Promise<Collected> {
    const sibling = this.#joined.get(element);
    return sibling ? sibling.remote.collect(...only) : Promise.reject(new BridgeError('timeout'));
  }
}

/** A field from a cache may not know a question; the vault refuses the brand then, and a page sees no BIN. */
function tell({ remote }: Sibling, { brands, binDigits }: Terms): void {
  remote.allow(brands && [...brands]).catch(() => {});
  remote.showBin(binDigits).catch(() => {});
}
