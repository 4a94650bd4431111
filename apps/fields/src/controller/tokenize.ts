import { BridgeError } from '@hushfield/bridge';
import type { ControllerBoot, TicketClaims } from '@hushfield/contract/boot';
import { type ErrorCode, type ErrorShape, errorOf } from '@hushfield/contract/errors';
import type {
  CollectCodeResult,
  ElementType,
  FieldName,
  RevealResult,
  TokenizeResult,
} from '@hushfield/contract/frame';
import { CodeReplyPlaintext, ReplyPlaintext, RevealReplyPlaintext } from '@hushfield/contract/http';
import type { Shown } from '@hushfield/contract/sibling';
import type { ReceiveKey } from '@hushfield/crypto/seal';
import { fromBase64url } from './base64url.ts';
import { type Siblings, termsOf } from './collect.ts';
import { canLoadEngine, type Engine } from './engine.ts';
import { postSealed, type Replies, type Reply } from './post-sealed.ts';
import { readSession, type Session } from './read-session.ts';
import type { ReceiveKeys } from './receive-key.ts';
import { sealPlaintext } from './seal-plaintext.ts';
import type { Plaintext } from './to-plaintext.ts';

/** What one document needs to trade what was typed for tokens. */
export type Desk = {
  readonly boot: ControllerBoot;
  readonly claims: TicketClaims;
  readonly parentOrigin: string;
  readonly engine: () => Promise<Engine>;
  readonly keys: ReceiveKeys;
  readonly siblings: Siblings;
  /** The server's time, unix seconds. */
  readonly now: () => number;
};

/** Shorter than the caller's own deadline: nothing may go on here that was given up there. */
const TOTAL_MS = 35_000;

/** Answers that say this document is past its time: its ticket, or the receive key it sealed to. */
const SPENT: ReadonlySet<string> = new Set(['unauthorized', 'invalid_request']);

/**
 * An answer, or that only a new document, with a new ticket, can help. A session of the merchant's that
 * has run out is an answer: no new document makes it young.
 */
type Outcome<T> = Reply<T> | 'spent';

/** What goes into the seal, under which session, and how the answer to it reads. */
type Errand<T> = {
  readonly elements: readonly ElementType[];
  readonly session: string | undefined;
  /** The one input that it is about; all when there is none. */
  readonly only: [] | [FieldName];
  readonly collect: () => Promise<Plaintext | ErrorShape>;
  readonly replies: Replies<T>;
  /** What is done with a good answer before the page hears of it; false when it was of no use. */
  readonly done?: (token: T) => Promise<boolean>;
};

/** Collect, seal, post; one at a time, each new card under a new attempt number. */
export class Tokenizer {
  readonly #desk: Desk;
  #attempt = 0;
  #burnt = false;
  /** The session whose terms the fields have been told, and the one that they are to be told. */
  #known: string | undefined;
  #asked: string | undefined;
  #announced: { readonly session: string | undefined } | undefined;
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

  /**
   * Lets the fields know which brands a session takes and what it shows of a BIN, before anybody pays under it. One
   * that is no good is told of by the call that needs it, and fields go by the terms of before.
   */
  async prepare(session: string | undefined): Promise<void> {
    // What is under way goes by its own first.
    if (this.busy) this.#announced = { session };
    else await this.#prepare(session);
  }

  async #prepare(session: string | undefined): Promise<void> {
    // Of two that are read at the same time, fields go by the one that was asked for last.
    this.#asked = session;
    if (session === this.#known) return;
    if (session === undefined) return this.#goBy(session);
    const ready = this.#desk.engine();
    await ready.then((engine) => this.#session(session, engine)).catch(() => {});
  }

  #goBy(text: string | undefined, session?: Session): void {
    this.#desk.siblings.goBy(termsOf(this.#desk.claims, session));
    this.#known = text;
  }

  tokenize(elements: readonly ElementType[], session?: string): Promise<TokenizeResult | 'spent'> {
    const collect = () => this.#desk.siblings.collect(elements);
    return this.#alone({ elements, session, only: [], collect, replies: ReplyPlaintext });
  }

  /** The security code of a card that is a token already. */
  collectCode(
    elements: readonly ElementType[],
    token: string,
    session?: string,
  ): Promise<CollectCodeResult | 'spent'> {
    const collect = () => this.#desk.siblings.collectCode(elements, token);
    const only: [FieldName] = ['cvc'];
    return this.#alone({ elements, session, only, collect, replies: CodeReplyPlaintext });
  }

  /** What a grant is for, for a person to see: the page is told whose it was, and nothing of it. */
  async reveal(
    elements: readonly ElementType[],
    grant: string,
    session?: string,
  ): Promise<RevealResult | 'spent'> {
    const { siblings } = this.#desk;
    // Before it is used up for nobody.
    if (!siblings.canShow(elements)) return refuse('element_not_found');
    const collect = async () => ({ grant });
    // Within the errand: a document that renews its ticket waits until it is seen.
    const done = ({ shown }: { shown: Shown }) => siblings.show(shown, elements);
    const replies = RevealReplyPlaintext;
    const reply = await this.#alone({ elements: [], session, only: [], collect, replies, done });
    if (reply === 'spent' || !reply.ok) return reply;
    const { shown: _seen, ...token } = reply.token;
    return { ok: true, token };
  }

  async #alone<T>(errand: Errand<T>): Promise<Outcome<T>> {
    if (this.#burnt) return this.#inWords(refuse('focus_lost'));
    if (this.#current) return this.#inWords(refuse('rate_limited'));
    const current = new AbortController();
    this.#current = current;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      current.abort();
    }, TOTAL_MS);
    try {
      const result = await this.#run(errand, current.signal);
      if (this.#burnt) return this.#inWords(refuse('focus_lost'));
      return this.#inWords(late && (result === 'spent' || !result.ok) ? refuse('timeout') : result);
    } catch (reason) {
      const code = reason instanceof BridgeError ? 'timeout' : 'service_unavailable';
      return this.#inWords(refuse(code));
    } finally {
      clearTimeout(timer);
      this.#current = undefined;
      const next = this.#announced;
      this.#announced = undefined;
      if (next) void this.#prepare(next.session);
    }
  }

  /** What went wrong, in the shopper's language where it is theirs to mend. */
  #inWords<T>(outcome: Outcome<T>): Outcome<T> {
    if (outcome === 'spent' || outcome.ok) return outcome;
    const { error } = outcome;
    const texts: Readonly<Record<string, string | undefined>> = this.#desk.boot.texts;
    return { ok: false, error: { ...error, message: texts[error.code] ?? error.message } };
  }

  async #run<T>(errand: Errand<T>, signal: AbortSignal): Promise<Outcome<T>> {
    const { siblings } = this.#desk;
    const { elements, only } = errand;
    const reply = await this.#trade(errand, signal);
    if (reply === 'spent') return reply;
    // Kept until there is a token: a shopper whose network failed must not type the card again. The
    // page need not wait for either.
    if (reply.ok && errand.done) {
      if (signal.aborted) return refuse('aborted');
      return (await errand.done(reply.token)) ? reply : refuse('service_unavailable');
    }
    if (reply.ok) void siblings.forget(elements, ...only);
    else void siblings.reject(reply.error, elements);
    return reply;
  }

  async #trade<T>(errand: Errand<T>, signal: AbortSignal): Promise<Outcome<T>> {
    const { boot, claims } = this.#desk;
    const { collect, replies } = errand;
    // First, since fields judge by it: under the session of before, they may refuse what this one takes.
    await this.#prepare(errand.session);
    const plaintext = await collect();
    if (isError(plaintext)) return { ok: false, error: plaintext };
    if (this.#attempt >= claims.attempts) return 'spent';
    const tools = await this.#tools().catch(() => undefined);
    if (signal.aborted) return refuse('aborted');
    if (!tools) return canLoadEngine() ? refuse('network_error') : 'spent';
    const session = await this.#session(errand.session, tools.engine);
    if (typeof session === 'string') return refuse(session);
    const sealed = await this.#seal(plaintext, { ...tools, session });
    const reply = await postSealed(boot.api, sealed, replies, signal);
    return !reply.ok && SPENT.has(reply.error.code) ? 'spent' : reply;
  }

  /** Nothing is sealed under a session that this document would not take itself. */
  async #session(text: string | undefined, { verify }: Engine) {
    if (text === undefined) return undefined;
    const { boot, claims, parentOrigin, now } = this.#desk;
    const keys = boot.sessionKeys.map(fromBase64url);
    const ticket = claims;
    const session = await readSession(text, { keys, verify, ticket, parentOrigin, now: now() });
    if (typeof session === 'string') return session;
    if (text === this.#asked) this.#goBy(text, session);
    return session;
  }

  #seal(
    plaintext: Plaintext,
    given: { key: ReceiveKey; engine: Engine; session: Session | undefined },
  ) {
    const { boot, claims, parentOrigin } = this.#desk;
    this.#attempt += 1;
    const { ticket } = boot;
    return sealPlaintext({
      plaintext,
      ...given,
      ticket,
      claims,
      parentOrigin,
      attempt: this.#attempt,
    });
  }

  async #tools() {
    const { keys, engine } = this.#desk;
    return { key: await keys.current(), engine: await engine() };
  }
}

function refuse(code: ErrorCode) {
  return { ok: false, error: errorOf(code) } as const;
}

function isError(collected: Plaintext | ErrorShape): collected is ErrorShape {
  return 'code' in collected;
}
