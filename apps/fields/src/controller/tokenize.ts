import { BridgeError } from '@hushfield/bridge';
import type { ControllerBoot, TicketClaims } from '@hushfield/contract/boot';
import { type ErrorShape, errorOf } from '@hushfield/contract/errors';
import type { ElementType, TokenizeResult } from '@hushfield/contract/frame';
import type { CardPlaintext } from '@hushfield/contract/http';
import type { Siblings } from './collect.ts';
import type { Engine } from './engine.ts';
import { postCard } from './post-card.ts';
import type { ReceiveKeys } from './receive-key.ts';
import { sealCard } from './seal-card.ts';

/** What one document needs to trade cards for tokens. */
export type Desk = {
  readonly boot: ControllerBoot;
  readonly claims: TicketClaims;
  readonly parentOrigin: string;
  readonly engine: Promise<Engine>;
  readonly keys: ReceiveKeys;
  readonly siblings: Siblings;
};

/** Collect, seal, post; one at a time, each new card under a new attempt number. */
export class Tokenizer {
  readonly #desk: Desk;
  #attempt = 0;
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

  async tokenize(elements: readonly ElementType[]): Promise<TokenizeResult> {
    if (this.#current) return refuse('rate_limited');
    this.#current = new AbortController();
    try {
      return await this.#run(elements, this.#current.signal);
    } catch (reason) {
      return refuse(reason instanceof BridgeError ? 'timeout' : 'service_unavailable');
    } finally {
      this.#current = undefined;
    }
  }

  async #run(elements: readonly ElementType[], signal: AbortSignal): Promise<TokenizeResult> {
    const { siblings } = this.#desk;
    const reply = await this.#trade(elements, signal);
    // Kept until there is a token: a shopper whose network failed must not type the card again.
    if (reply.ok) await siblings.forget();
    else await siblings.reject(reply.error);
    return reply;
  }

  async #trade(elements: readonly ElementType[], signal: AbortSignal): Promise<TokenizeResult> {
    const { boot, siblings } = this.#desk;
    const card = await siblings.collect(elements);
    if (isError(card)) return { ok: false, error: card };
    const sealed = await this.#seal(card);
    return sealed ? postCard(boot.api, sealed, signal) : refuse('network_error');
  }

  async #seal(card: CardPlaintext) {
    const { boot, claims, parentOrigin, keys } = this.#desk;
    const key = await keys.current().catch(() => undefined);
    if (!key) return undefined;
    this.#attempt += 1;
    return sealCard({
      card,
      engine: await this.#desk.engine,
      key,
      ticket: boot.ticket,
      claims,
      parentOrigin,
      attempt: this.#attempt,
    });
  }
}

function refuse(code: Parameters<typeof errorOf>[0]): TokenizeResult {
  return { ok: false, error: errorOf(code) };
}

function isError(card: CardPlaintext | ErrorShape): card is ErrorShape {
  return 'code' in card;
}
