import { BridgeError } from '@hushfield/bridge';
import type { ControllerBoot, TicketClaims } from '@hushfield/contract/boot';
import { type ErrorCode, type ErrorShape, errorOf } from '@hushfield/contract/errors';
import type {
  CollectCodeResult,
  ElementType,
  FieldName,
  TokenizeResult,
} from '@hushfield/contract/frame';
import {
  type CardPlaintext,
  CodeReplyPlaintext,
  type CodePlaintext,
  ReplyPlaintext,
} from '@hushfield/contract/http';
import type { Siblings } from './collect.ts';
import { canLoadEngine, type Engine } from './engine.ts';
import { postCard, type Replies, type Reply } from './post-card.ts';
import type { ReceiveKeys } from './receive-key.ts';
import { sealCard } from './seal-card.ts';

/** What one document needs to trade cards for tokens. */
export type Desk = {
  readonly boot: ControllerBoot;
  readonly claims: TicketClaims;
  readonly parentOrigin: string;
  readonly engine: () => Promise<Engine>;
  readonly keys: ReceiveKeys;
  readonly siblings: Siblings;
};

/** Shorter than the caller's own deadline: nothing may go on here that was given up there. */
const TOTAL_MS = 35_000;

/** Answers that say this document is past its time: its ticket, or the receive key it sealed to. */
const SPENT: ReadonlySet<string> = new Set(['unauthorized', 'invalid_request', 'session_expired']);

/** What goes into the seal, and how the answer to it reads. */
type Errand<T> = {
  readonly elements: readonly ElementType[];
  /** The one input that it is about; all when there is none. */
  readonly only: [] | [FieldName];
  readonly collect: () => Promise<CardPlaintext | CodePlaintext | ErrorShape>;
  readonly replies: Replies<T>;
};

/** Whether only a new document, with a new ticket, can help. */
export function isSpent(result: Reply<unknown>): boolean {
  return !result.ok && result.error.code === 'session_expired';
}

/** Collect, seal, post; one at a time, each new card under a new attempt number. */
export class Tokenizer {
  readonly #desk: Desk;
  #attempt = 0;
  #burnt = false;
  #current: AbortController | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get busy(): boolean {
    return this.#current !== undefined;
  }

  abort(): void {
    this.#current?.abort();
  }

  /** No token under this ticket any more: half of a card may be in the page's hands. */
  burn(): void {
    this.#burnt = true;
    this.abort();
  }

  tokenize(elements: readonly ElementType[]): Promise<TokenizeResult> {
    const collect = () => this.#desk.siblings.collect(elements);
    return this.#alone({ elements, only: [], collect, replies: ReplyPlaintext });
  }

  /** The security code of a card that is a token already. */
  collectCode(elements: readonly ElementType[], token: string): Promise<CollectCodeResult> {
    const collect = () => this.#desk.siblings.collectCode(elements, token);
    return this.#alone({ elements, only: ['cvc'], collect, replies: CodeReplyPlaintext });
  }

  async #alone<T>(errand: Errand<T>): Promise<Reply<T>> {
    if (this.#burnt) return refuse('focus_lost');
    if (this.#current) return refuse('rate_limited');
    const current = new AbortController();
    this.#current = current;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      current.abort();
    }, TOTAL_MS);
    try {
      const result = await this.#run(errand, current.signal);
      if (this.#burnt) return refuse('focus_lost');
      return late && !result.ok ? refuse('timeout') : result;
    } catch (reason) {
      return refuse(reason instanceof BridgeError ? 'timeout' : 'service_unavailable');
    } finally {
      clearTimeout(timer);
      this.#current = undefined;
    }
  }

  async #run<T>(errand: Errand<T>, signal: AbortSignal): Promise<Reply<T>> {
    const { siblings } = this.#desk;
    const { elements, only } = errand;
    const reply = await this.#trade(errand, signal);
    // Kept until there is a token: a shopper whose network failed must not type the card again. The
    // page need not wait for either.
    if (reply.ok) void siblings.forget(elements, ...only);
    else void siblings.reject(reply.error, elements);
    return reply;
  }

  async #trade<T>({ collect, replies }: Errand<T>, signal: AbortSignal): Promise<Reply<T>> {
    const { boot, claims } = this.#desk;
    const card = await collect();
    if (isError(card)) return { ok: false, error: card };
    if (this.#attempt >= claims.attempts) return refuse('session_expired');
    const sealed = await this.#seal(card);
    if (signal.aborted) return refuse('aborted');
    if (!sealed) return refuse(canLoadEngine() ? 'network_error' : 'session_expired');
    const reply = await postCard(boot.api, sealed, replies, signal);
    return !reply.ok && SPENT.has(reply.error.code) ? refuse('session_expired') : reply;
  }

  /** Nothing where no receive key, or no engine to seal with, can be had now. */
  async #seal(card: CardPlaintext | CodePlaintext) {
    const { boot, claims, parentOrigin } = this.#desk;
    const tools = await this.#tools().catch(() => undefined);
    if (!tools) return undefined;
    this.#attempt += 1;
    const { ticket } = boot;
    return sealCard({ card, ...tools, ticket, claims, parentOrigin, attempt: this.#attempt });
  }

  async #tools() {
    const { keys, engine } = this.#desk;
    return { key: await keys.current(), engine: await engine() };
  }
}

function refuse(code: ErrorCode) {
  return { ok: false, error: errorOf(code) } as const;
}

function isError(card: CardPlaintext | CodePlaintext | ErrorShape): card is ErrorShape {
  return 'code' in card;
}
