import { API } from '@hushfield/contract/api';
import type { Ask, Transport } from './transport.ts';
import type {
  CallOptions,
  CardImport,
  SecretImport,
  ErasedCustomer,
  Page,
  PageOptions,
  Redaction,
  Revealed,
  Token,
  TokenChange,
  TokenQuery,
} from './types.ts';

/** Every method rejects with a `HushfieldError`. */
export class Tokens {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Stores a card, an account or a text that you hold already. Needs `tokens:write`.
   *
   * @example await hushfield.tokens.import({ iban: 'DE89370400440532013000', customer: 'c-1' })
   */
  import(given: CardImport | SecretImport, options: CallOptions = {}): Promise<Token> {
    return this.#transport.call(API.importToken, { ...options, body: given });
  }

  /** Needs `tokens:read`. */
  get(id: string, options: CallOptions = {}): Promise<Token> {
    return this.#transport.call(API.getToken, { ...options, params: { id } });
  }

  /** One page of a card's or a customer's tokens, newest first. Needs `tokens:read`. */
  page(query: TokenQuery & PageOptions, options: CallOptions = {}): Promise<Page<Token>> {
    return this.#transport.call(API.listTokens, { ...options, query });
  }

  /**
   * All of them, page by page as they are asked for.
   *
   * @example for await (const token of hushfield.tokens.list({ customer: 'c-1' })) …
   */
  async *list(query: TokenQuery & PageOptions, options: CallOptions = {}): AsyncGenerator<Token> {
    let cursor = query.cursor;
    do {
      const page = await this.page(
        { ...query, ...(cursor === undefined ? {} : { cursor }) },
        options,
      );
      yield* page.data;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Needs `tokens:write`. */
  update(id: string, change: TokenChange, options: CallOptions = {}): Promise<Token> {
    return this.#transport.call(API.updateToken, { ...options, params: { id }, body: change });
  }

  /** Token and card are gone. Needs `tokens:delete`. */
  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.call(API.deleteToken, { ...options, params: { id } });
  }

  /** Gives the card out, which puts you into PCI scope. Needs `tokens:reveal`, which no key has by itself. */
  reveal(id: string, redaction: Redaction, options: CallOptions = {}): Promise<Revealed> {
    return this.#transport.call(API.revealToken, {
      ...options,
      params: { id },
      body: { redaction },
    });
  }
}

export class Customers {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Deletes every token of a customer, in as many requests as it takes; each has the whole of `timeoutMs`.
   * May be repeated. Needs `tokens:delete`.
   */
  async erase(customer: string, options: CallOptions = {}): Promise<ErasedCustomer> {
    const ask: Ask = { ...options, params: { customer } };
    for (let tokens = 0; ; ) {
      const erased = await this.#transport.call(API.eraseCustomer, ask);
      tokens += erased.tokens;
      if (erased.complete || erased.tokens === 0) return { ...erased, tokens };
    }
  }
}
