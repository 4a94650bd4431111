import { randomInt, randomUUID } from 'node:crypto';
import type { Charged } from '../../e2e/support/gateway-double.ts';
import { API, BackendToken } from '../../packages/contract/src/api/index.ts';
import { cards, gatewayCards } from '../../packages/testing/src/cards/index.ts';
import { type Asked, askOnce, type Heard, kindOf } from './ask.ts';
import type { Ledger } from './ledger.ts';
import { pauseBetween } from './pause.ts';
import type { Tally } from './tally.ts';

/** What a backend was told in the end of a payment it asked for. */
export type Told =
  | {
      readonly kind: 'answered';
      /** As the vault calls the request, in its trail too. */
      readonly forward: string;
      readonly payment: string;
      readonly state: string;
    }
  /** Nobody knows; as it must be with a card that the gateway does not answer. */
  | { readonly kind: 'unknown'; readonly isSilent: boolean }
  /** What must not be, and is noted. */
  | { readonly kind: 'refused' };

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
/** Until somebody must have been told. */
const GIVES_UP_MS = 90_000;

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
    const isSilent = randomInt(SILENT_ONE_IN) === 0;
    const card = isSilent ? gatewayCards.silent : PAYABLE[randomInt(PAYABLE.length)];
    const token = card && (await this.#tokenOf(card.number));
    if (token === undefined) return;
    const reference = randomUUID();
    const asked = this.#asked('/v1/forward', reference, this.#payment(token, reference));
    const told = await this.#insist(reference, asked);
    this.#till.told.set(reference, told.kind === 'unknown' ? { ...told, isSilent } : told);
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
    const made = BackendToken.safeParse(heard.body);
    if (made.success) this.#tokens.set(number, made.data.id);
    return made.data?.id;
  }

  async #insist(reference: string, asked: Asked): Promise<Told> {
    const { tally, ledger } = this.#till;
    const ends = performance.now() + GIVES_UP_MS;
    for (let failedSince: number | undefined; performance.now() < ends; ) {
      const from = performance.now();
      const heard = await askOnce(this.#till.base(), asked);
      const told = await this.#read(reference, heard);
      if (told?.kind === 'answered') tally.succeeded(from, failedSince);
      if (told !== undefined) return told;
      tally.failed(kindOf(heard));
      failedSince ??= from;
      await pauseBetween(50, 250);
    }
    ledger.note('wrong', `${reference} was told nothing for ${GIVES_UP_MS} ms`);
    return { kind: 'refused' };
  }

  /** What is final; and what must not be said of a payment is noted. */
  async #read(reference: string, heard: Heard): Promise<Told | undefined> {
    if (heard.kind === 'answer') return this.#answered(heard.body);
    if (heard.kind === 'transport') return undefined;
    const code = heard.kind === 'refusal' ? heard.problem.code : 'untyped';
    if (code === 'forward_unknown') return { kind: 'unknown', isSilent: false };
    if (code === 'forward_not_sent') return this.#wasNotSent(reference);
    if (heard.kind === 'refusal' && heard.problem.retryable && heard.status !== 500)
      return undefined;
    return this.#wrong(`forward: ${kindOf(heard)}`);
  }

  #answered(body: unknown): Told {
    const answer = API.forward.answer.safeParse(body);
    if (!answer.success) return this.#wrong('forward: an answer of another shape');
    const { id: forward, status, body: text } = answer.data;
    try {
      const { id, state } = JSON.parse(text ?? '');
      if (status === 201) return { kind: 'answered', forward, payment: id, state };
    } catch {}
    return this.#wrong(`the gateway answered ${status}, as nobody should see it`);
  }

  #wrong(what: string): Told {
    this.#till.ledger.note('wrong', what);
    return { kind: 'refused' };
  }

  /** It may be asked for again under its name. */
  async #wasNotSent(reference: string): Promise<undefined> {
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
