import { API } from '@hushfield/contract/api';
import { Destinations, sendForward } from './forward.ts';
import type { ForwardAnswer, ForwardRequest } from './forward-types.ts';
import { HushfieldError } from './hushfield-error.ts';
import { type Ask, Transport } from './transport.ts';
import { Events, Webhooks } from './webhooks.ts';
import { Customers, Tokens } from './tokens.ts';
import type {
  AlreadyAnswered,
  ApiKey,
  ApiKeyWish,
  AuditCheckpoint,
  AuditEntry,
  AuditProof,
  CallOptions,
  ForwardGrantWish,
  HushfieldOptions,
  NewApiKey,
  NewForwardGrant,
  NewGrant,
  NewSession,
  Page,
  PageOptions,
  RevealGrantWish,
  Session,
  SessionWish,
} from './types.ts';

/**
 * A merchant's side of the vault. For servers: a key that comes with a browser's headers is refused, and the vault
 * reports it.
 *
 * @example
 * const hushfield = new Hushfield(process.env.HUSHFIELD_SECRET_KEY, { baseUrl: 'https://api.vault.example' });
 * await hushfield.tokens.update(token.id, { expiresAt: null });
 */
export class Hushfield {
  readonly tokens: Tokens;
  readonly customers: Customers;
  readonly sessions: Sessions;
  readonly grants: Grants;
  readonly apiKeys: ApiKeys;
  readonly audit: Audit;
  readonly destinations: Destinations;
  readonly #transport: Transport;
  readonly webhooks: Webhooks;
  readonly events: Events;

  /**
   * @param key - secret or restricted. What the environment holds may be given as it is.
   * @throws TypeError when key or address cannot be one, or there is none.
   */
  constructor(key: string | undefined, options: HushfieldOptions) {
    const transport = new Transport(key, options);
    this.#transport = transport;
    this.destinations = new Destinations(transport);
    this.tokens = new Tokens(transport);
    this.customers = new Customers(transport);
    this.sessions = new Sessions(transport);
    this.grants = new Grants(transport);
    this.apiKeys = new ApiKeys(transport);
    this.audit = new Audit(transport);
    this.webhooks = new Webhooks(transport);
    this.events = new Events(transport);
  }

  /**
   * Sends a request to an approved destination, with what tokens stand for in the place of placeholders. Needs
   * `forward`, which no key has by itself.
   *
   * It is sent once for each `idempotencyKey`, however often it is asked for: give it one of your own, such as
   * the id of the payment, so that a restart of yours does not charge twice. After `forward_unknown` ask the
   * destination what it has done, before you send it under another.
   *
   * @example
   * const answer = await hushfield.forward(
   *   { destination: 'dst_…', path: '/v1/charges', body: { card: { number: '{{ tok_….number }}' } } },
   *   { idempotencyKey: payment.id },
   * );
   */
  forward(request: ForwardRequest, options: CallOptions = {}): Promise<ForwardAnswer> {
    return sendForward(this.#transport, request, options);
  }
}

/** All need `sessions:write`. */
class Sessions {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Makes a session for a page, with the text that page needs.
   *
   * @example
   * const { session } = await hushfield.sessions.create({ origins: ['https://shop.example'] });
   */
  create(wish: SessionWish, { signal }: Signal = {}): Promise<NewSession> {
    const ask = { body: wish, ...(signal === undefined ? {} : { signal }) };
    return shown(() => this.#make(ask));
  }

  /** All but the text for the page; until a day after its end. */
  get(id: string, options: CallOptions = {}): Promise<Session> {
    return this.#transport.call(API.getSession, { ...options, params: { id } });
  }

  #make(ask: Ask): Promise<NewSession | AlreadyAnswered> {
    return this.#transport.call(API.createSession, ask);
  }
}

type Signal = Pick<CallOptions, 'signal'>;

/**
 * A text whose answer was lost by the way is shown to nobody again. A second one takes its place: neither
 * lets anybody do what the other does not.
 */
async function shown<T extends { readonly object: string }>(
  make: () => Promise<T | AlreadyAnswered>,
): Promise<T> {
  const isMade = (answer: T | AlreadyAnswered): answer is T => answer.object !== 'already_answered';
  const first = await make();
  const made = isMade(first) ? first : await make();
  if (isMade(made)) return made;
  throw new HushfieldError('network_error', 'The vault could not be reached.', { retryable: true });
}

/** All need `grants:write`, which no key has by itself. */
class Grants {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Lets a page of yours show a person what a token stands for, once; with the text that page needs.
   *
   * @example
   * const { grant } = await hushfield.grants.create({
   *   purpose: 'reveal', token: token.id, redaction: 'last4', origins: ['https://shop.example'],
   * });
   */
  create(wish: RevealGrantWish, options?: Signal): Promise<NewGrant>;
  /**
   * Lets a backend whose key needs a grant send a token to a destination, once; with the text that it needs.
   *
   * @example
   * const { grant } = await hushfield.grants.create({
   *   purpose: 'forward', token: token.id, destination: 'dst_…', fields: ['number', 'cvc'],
   *   amount: { most: 1299, currency: 'EUR' },
   * });
   */
  create(wish: ForwardGrantWish, options?: Signal): Promise<NewForwardGrant>;
  create(
    wish: RevealGrantWish | ForwardGrantWish,
    { signal }: Signal = {},
  ): Promise<NewGrant | NewForwardGrant> {
    const ask = { body: wish, ...(signal === undefined ? {} : { signal }) };
    return shown<NewGrant | NewForwardGrant>(() => this.#transport.call(API.createGrant, ask));
  }
}

/** What was done with your cards, keys and sessions. All need `audit:read`. */
class Audit {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * One page, newest first.
   *
   * @example const { data } = await hushfield.audit.page({ resource: token.id });
   */
  page(
    query: PageOptions & { resource?: string } = {},
    options: CallOptions = {},
  ): Promise<Page<AuditEntry>> {
    return this.#transport.call(API.listAuditEntries, { ...options, query });
  }

  /** That an entry stands in the log. Retryable for the minute until a new one is signed for. */
  prove(id: string, options: CallOptions = {}): Promise<AuditProof> {
    return this.#transport.call(API.proveAuditEntry, { ...options, params: { id } });
  }

  /** @param from - the size of a checkpoint that you kept: proves that the log goes on from it. */
  checkpoint(from = 0, options: CallOptions = {}): Promise<AuditCheckpoint> {
    return this.#transport.call(API.getAuditCheckpoint, { ...options, query: { from } });
  }
}

/** All need `keys:manage`. */
class ApiKeys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The answer holds the key, this once. */
  create(wish: ApiKeyWish, options: CallOptions = {}): Promise<NewApiKey | AlreadyAnswered> {
    return this.#transport.call(API.createApiKey, { ...options, body: wish });
  }

  list(options: CallOptions = {}): Promise<Page<ApiKey>> {
    return this.#transport.call(API.listApiKeys, options);
  }

  get(id: string, options: CallOptions = {}): Promise<ApiKey> {
    return this.#transport.call(API.getApiKey, { ...options, params: { id } });
  }

  /** @param overlap - seconds in which the old key holds too, up to seven days. */
  roll(
    id: string,
    overlap: number,
    options: CallOptions = {},
  ): Promise<NewApiKey | AlreadyAnswered> {
    const ask: Ask = { ...options, params: { id }, body: { overlap } };
    return this.#transport.call(API.rollApiKey, ask);
  }

  /** Holds on every node within a second. */
  revoke(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.call(API.revokeApiKey, { ...options, params: { id } });
  }
}
