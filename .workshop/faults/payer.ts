import { randomInt, randomUUID } from 'node:crypto';
import type { Charged } from '../../e2e/support/gateway-double.ts';
import { API, type AnswerOf, BackendToken } from '../../packages/contract/src/api/index.ts';
import { cards, gatewayCards } from '../../packages/testing/src/cards/index.ts';
import { type Asked, askOnce, type Heard, kindOf } from './ask.ts';
import type { Ledger } from './ledger.ts';
import { pauseBetween } from './pause.ts';
import type { Tally } from './tally.ts';

/** What a backend was told in the end of a payment it asked for. */
export type Told =
  | { readonly kind: 'answered'; readonly payment: string; readonly state: string }
  | { readonly kind: 'unknown' };

export type Till = {
  readonly ledger: Ledger;
  readonly tally: Tally;
  /** Where the next request goes. */
  readonly base: () => string;
  readonly secretKey: string;
  readonly destination: string;
  /** What the gateway has of a payment at this moment. */
  readonly charged: (reference: string) => Promise<readonly Charged[]>;
  /** By the reference that the gateway knows it by. */
  readonly told: Map<string, Told>;
};

const PAYABLE = [cards.visa, cards.mastercard, gatewayCards.declined] as const;
/** One of so many is a card that the gateway charges, and never answers. */
const SILENT_ONE_IN = 25;
/** The shortest there is: whoever died with a request is not waited for longer. */
const TIMEOUT_MS = 1_000;

/**
 * A backend that charges each card once, under one name, and asks under it until it is told what came of it. The
 * gateway is given no name of its own to tell a repetition by: that each is charged once is the vault's doing.
 */
export class Payer {
  readonly #till: Till;
  readonly #tokens = new Map<string, string>();

  constructor(till: Till) {
    this.#till = till;
  }

  /** Pays once, to the end. */
  async step(): Promise<void> {
    const card =
      randomInt(SILENT_ONE_IN) === 0 ? gatewayCards.silent : PAYABLE[randomInt(PAYABLE.length)];
    const token = card && (await this.#tokenOf(card.number));
    if (token === undefined) return;
    const reference = randomUUID();
    const asked = this.#asked('/v1/forward', reference, this.#payment(token, reference));
    this.#till.told.set(reference, await this.#insist(reference, asked));
  }

  #payment(token: string, reference: string): object {
    const card = {
      number: `{{ ${token}.number }}`,
      expiryMonth: `{{ ${token}.expMonth }}`,
      expiryYear: `{{ ${token}.expYear4 }}`,
    };
    const amount = { value: 100 + randomInt(10_000), currency: 'EUR' };
    return {
      ...{ destination: this.#till.destination, path: '/v1/payments', timeoutMs: TIMEOUT_MS },
      body: { amount, card, capture: true, reference },
    };
  }

  /** Made once, and asked for again when it has no answer. */
  async #tokenOf(number: string): Promise<string | undefined> {
    const known = this.#tokens.get(number);
    if (known !== undefined) return known;
    const expYear = new Date().getUTCFullYear() + 3;
    const asked = this.#asked('/v1/tokens', randomUUID(), { number, expMonth: 12, expYear });
    const heard = await askOnce(this.#till.base(), asked);
    if (heard.kind !== 'answer') return undefined;
    const { id } = BackendToken.parse(heard.body);
    this.#tokens.set(number, id);
    return id;
  }

  async #insist(reference: string, asked: Asked): Promise<Told> {
    const { tally } = this.#till;
    let failedSince: number | undefined;
    for (;;) {
      const from = performance.now();
      const heard = await askOnce(this.#till.base(), asked);
      const told = await this.#read(reference, heard);
      if (told !== undefined) {
        tally.succeeded(from, failedSince);
        return told;
      }
      tally.failed(kindOf(heard));
      failedSince ??= from;
      await pauseBetween(50, 250);
    }
  }

  /** What is final; and what must not be said of a payment is noted. */
  async #read(reference: string, heard: Heard): Promise<Told | undefined> {
    const { ledger } = this.#till;
    if (heard.kind === 'answer') return answered(API.forward.answer.parse(heard.body), ledger);
    if (heard.kind === 'transport') return undefined;
    const said = kindOf(heard);
    if (heard.kind === 'untyped') ledger.note('wrong', `forward: ${said}`);
    else if (heard.problem.code === 'forward_unknown') return { kind: 'unknown' };
    else if (heard.problem.code === 'forward_not_sent') await this.#wasNotSent(reference);
    else if (!heard.problem.retryable) ledger.note('wrong', `forward: ${said}`);
    return undefined;
  }

  async #wasNotSent(reference: string): Promise<void> {
    const { ledger, charged } = this.#till;
    if ((await charged(reference)).length > 0)
      ledger.note('wrong', `${reference} was charged, and told as not sent`);
  }

  #asked(path: string, name: string, body: object): Asked {
    const headers = {
      authorization: `Bearer ${this.#till.secretKey}`,
      'idempotency-key': name,
    };
    return { method: 'POST', path, headers, body: JSON.stringify(body) };
  }
}

function answered(answer: AnswerOf<typeof API.forward>, ledger: Ledger): Told {
  const { id, state } = Object(JSON.parse(answer.body ?? '{}'));
  if (answer.status !== 201) ledger.note('wrong', `the gateway answered ${answer.status}`);
  return { kind: 'answered', payment: String(id), state: String(state) };
}
