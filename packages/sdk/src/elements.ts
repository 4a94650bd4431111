import { GrantText, TokenId } from '@hushfield/contract/page';
import { Controller, type Turn } from './controller.ts';
import { deferred } from './deferred.ts';
import { FieldElement, type Waiting } from './element.ts';
import { callErrorOf, errorOf, failure } from './failures.ts';
import { HushfieldError } from './hushfield-error.ts';
import { elementType, fieldOptions, refuseUnknown, sessionText } from './options.ts';
import { shapeOf } from './shape-of.ts';
import type {
  CollectedToken,
  CollectOptions,
  CollectResult,
  ElementOptions,
  ElementsOptions,
  ElementType,
  HushfieldElement,
  HushfieldElements,
  HushfieldErrorShape,
  RevealedToken,
  RevealOptions,
  RevealResult,
  Token,
  TokenizeOptions,
  TokenizeResult,
} from './types.ts';

const KNOWN = ['appearance', 'locale', 'fallback', 'session'];
const KNOWN_TOKENIZE = ['signal', 'session'];

type Answered = Token | CollectedToken | RevealedToken;
type Result =
  | { token: Answered; error?: undefined }
  | { token?: undefined; error: HushfieldErrorShape };

/** What is done for everybody who has asked for it. */
type Work = { readonly result: Promise<Result>; readonly stop: AbortController; callers: number };

/** To a caller it ends with the caller's own signal; the work itself when nobody waits for it any longer. */
async function waitFor(work: Work, signal: AbortSignal | undefined): Promise<Result> {
  const left = deferred<Result>();
  const leave = () => {
    left.resolve({ error: errorOf('aborted') });
    work.callers -= 1;
    if (work.callers === 0) work.stop.abort();
  };
  work.callers += 1;
  signal?.addEventListener('abort', leave);
  try {
    return await Promise.race([work.result, left.promise]);
  } finally {
    signal?.removeEventListener('abort', leave);
  }
}

/** Some 113 random bits. */
function newSid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(22));
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('');
}

/** Elements of one payment and the controller they share. */
export class Elements implements HushfieldElements, Waiting {
  readonly fieldsOrigin: string;
  readonly key: string;
  readonly sid = newSid();
  readonly options: ElementsOptions;
  readonly #elements = new Map<ElementType, FieldElement>();
  /** Elements that have found the controller of now. */
  readonly #joined = new Map<FieldElement, Promise<boolean>>();
  #controllerReady = false;
  #controller: Controller | undefined;
  /** By what is asked for and the session: what is asked for once more meanwhile gets the same answer. */
  readonly #underWay = new Map<string, Work>();
  /** Settles when the controller has its hands free. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(fieldsOrigin: string, key: string, options: ElementsOptions) {
    refuseUnknown(options, KNOWN);
    fieldOptions('card', {}, options);
    sessionText(options.session);
    this.fieldsOrigin = fieldsOrigin;
    this.key = key;
    this.options = options;
  }

  create(type: ElementType, options: ElementOptions = {}): HushfieldElement {
    const known = elementType(type);
    const taken = this.#elements.get(known);
    if (taken?.isMounted) throw failure('invalid_option', `a second ${known}`);
    taken?.destroy();
    const element = new FieldElement(known, options, this);
    this.#elements.set(known, element);
    return element;
  }

  tokenize(options?: TokenizeOptions): Promise<TokenizeResult>;
  tokenize(options: CollectOptions): Promise<CollectResult>;
  tokenize({
    token,
    fields,
    ...options
  }: TokenizeOptions & Partial<CollectOptions> = {}): Promise<Result> {
    const wanted = token === undefined ? token : TokenId.safeParse(token).success && '["cvc"]';
    if (JSON.stringify(fields) !== wanted) throw failure('invalid_option', 'token or fields');
    return this.#ask({ token }, options);
  }

  reveal(options: RevealOptions): Promise<RevealResult>;
  reveal({ grant, ...options }: RevealOptions): Promise<Result> {
    if (!GrantText.safeParse(grant).success) throw failure('invalid_option', 'grant');
    return this.#ask({ grant }, options);
  }

  #ask(
    what: { token?: string | undefined; grant?: string },
    options: TokenizeOptions,
  ): Promise<Result> {
    refuseUnknown(options, KNOWN_TOKENIZE);
    const { signal, session = this.options.session } = options;
    sessionText(session);
    if (signal && signal.aborted === undefined) throw failure('invalid_option', 'signal');
    if (signal?.aborted) return Promise.resolve({ error: errorOf('aborted') });
    const name = JSON.stringify([what, session]);
    const work = this.#underWay.get(name) ?? this.#begin(name, { session, ...what });
    return waitFor(work, signal);
  }

  /** One at a time, since the controller has one card in its hands at most. */
  #begin(name: string, asked: Omit<Turn, 'join' | 'signal'>): Work {
    const stop = new AbortController();
    const { signal } = stop;
    const result = this.#last.then(() => this.#tokenize({ signal, ...asked }));
    const work = { result, stop, callers: 0 };
    this.#underWay.set(name, work);
    const end = () => {
      if (this.#underWay.get(name) === work) this.#underWay.delete(name);
    };
    // Whoever asks anew after the last has left gets an answer of their own.
    signal.addEventListener('abort', end);
    this.#last = result.then(end, end);
    return work;
  }

  destroy(): void {
    for (const element of this.#elements.values()) element.destroy();
    this.#elements.clear();
    this.#close();
  }

  /** The controller waits for the fields: a shopper sees those first, and needs it only to pay. */
  settled(element: FieldElement): void {
    this.#joined.delete(element);
    const mounted = this.#mounted();
    if (mounted.length === 0) return this.#close();
    if (mounted.some(({ isLoading }) => isLoading)) return;
    this.#open();
    if (this.#controllerReady) void this.#joinAll();
  }

  #mounted(): FieldElement[] {
    return [...this.#elements.values()].filter((element) => element.isMounted);
  }

  #open(): Controller {
    if (this.#controller && !this.#controller.isConnected) this.#close();
    this.#controller ??= new Controller(
      this,
      () => {
        this.#controllerReady = true;
        this.#joined.clear();
        void this.#joinAll();
      },
      // A later tokenize tries again with a new frame.
      () => this.#close(),
    );
    return this.#controller;
  }

  #close(): void {
    this.#controllerReady = false;
    this.#joined.clear();
    this.#controller?.close();
    this.#controller = undefined;
  }

  async #joinAll(): Promise<void> {
    await Promise.all(this.#mounted().map((element) => this.#join(element)));
  }

  async #join(element: FieldElement): Promise<void> {
    const join = this.#joined.get(element) ?? element.join();
    this.#joined.set(element, join);
    if (!(await join)) this.#joined.delete(element);
  }

  async #tokenize(turn: Omit<Turn, 'join'>): Promise<Result> {
    const mounted = this.#mounted();
    if (mounted.length === 0) throw failure('element_not_found', 'mount first');
    const controller = this.#open();
    turn.signal.addEventListener('abort', () => controller.abort());
    try {
      const types = mounted.map((element) => element.type);
      const result = await controller.tokenize(types, { ...turn, join: () => this.#joinAll() });
      // What stands in a token, the frame has judged on letting it go.
      return result.ok ? { token: result.token as Answered } : { error: result.error };
    } catch (reason) {
      if (reason instanceof HushfieldError) return { error: shapeOf(reason) };
      // A controller that does not answer is not asked again: the next call gets a new one.
      this.#close();
      return { error: callErrorOf(reason) };
    }
  }
}
