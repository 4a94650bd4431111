import { detectBrand, judgeCode } from '@hushfield/card';
import { BridgeError, type Caller, openCaller } from '@hushfield/bridge';
import { type ErrorShape, errorOf } from '@hushfield/contract/errors';
import type { ElementType } from '@hushfield/contract/frame';
import type { CardPlaintext } from '@hushfield/contract/http';
import { type Collected, siblingMethods } from '@hushfield/contract/sibling';

type Sibling = Caller<typeof siblingMethods>;

/** The fields that have joined, and what they hold. */
export class Siblings {
  readonly #joined = new Map<string, Sibling>();
  #onLost = () => {};
  /** Resolves when a field has locked itself, because the page kept taking focus away from it. */
  readonly lost: Promise<void> = new Promise((resolve) => {
    this.#onLost = resolve;
  });

  /** Takes a field in; the returned function lets it go when another takes its place. */
  join(member: string, port: MessagePort): () => void {
    const sibling = openCaller(port, siblingMethods);
    this.#joined.set(member, sibling);
    sibling.remote.lost().then(this.#onLost, () => {});
    return () => sibling.close();
  }

  /**
   * Asks the named elements for their values.
   *
   * @returns the card, or the first thing that is wrong with it.
   * @throws BridgeError `timeout` when an element has not joined or does not answer.
   */
  async collect(elements: readonly ElementType[]): Promise<CardPlaintext | ErrorShape> {
    const parts = await Promise.all(elements.map((element) => this.#ask(element)));
    const [error] = parts.flatMap((part) => part.errors);
    if (error) return errorOf(error.code, { field: error.field });
    return toCard(Object.assign({}, ...parts));
  }

  /** The values are a token now. */
  async forget(elements: readonly ElementType[]): Promise<void> {
    await Promise.allSettled(this.#remotes(elements).map((remote) => remote.forget()));
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

  #ask(element: ElementType): Promise<Collected> {
    const sibling = this.#joined.get(element);
    return sibling ? sibling.remote.collect() : Promise.reject(new BridgeError('timeout'));
  }
}

/** A separate security code field does not know the number; whether they fit is decided here. */
function toCard({ number, expiry, cvc, name }: Collected): CardPlaintext | ErrorShape {
  if (number === undefined) return errorOf('required_field', { field: 'number' });
  if (expiry === undefined) return errorOf('required_field', { field: 'expiry' });
  if (cvc !== undefined && !judgeCode(cvc, detectBrand(number)).valid) {
    return errorOf('invalid_cvc', { field: 'cvc' });
  }
  return {
    number,
    expMonth: expiry.month,
    expYear: expiry.year,
    ...(cvc === undefined ? {} : { cvc }),
    ...(name === undefined ? {} : { name }),
  };
}
