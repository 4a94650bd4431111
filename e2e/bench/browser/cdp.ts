import type { Duplex, Readable, Writable } from 'node:stream';
import type { CDPSession } from '@playwright/test';

type Reply = {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: object;
  result?: object;
  error?: { message: string };
};
type Waiting = { resolve: (result: never) => void; reject: (error: Error) => void };
type Listener = (params: never) => void;

/**
 * A line to Chromium without a test runner in between: a runner attaches to every frame and holds
 * each new one until it has spoken with it, which would be measured as if it were ours.
 */
export class Cdp {
  readonly #out: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #sessions = new Map<string, Session>();
  readonly root: Session;
  #last = 0;
  #rest = '';

  constructor(input: Readable | Duplex, out: Writable | Duplex) {
    this.#out = out;
    this.root = new Session(this, undefined);
    input.setEncoding('utf8');
    input.on('data', (chunk: string) => this.#read(chunk));
    input.on('close', () => this.#fail());
    out.on('error', () => this.#fail());
  }

  session(id: string): Session {
    const known = this.#sessions.get(id) ?? new Session(this, id);
    this.#sessions.set(id, known);
    return known;
  }

  forget(id: string): void {
    this.#sessions.delete(id);
  }

  post(method: string, params: object, sessionId: string | undefined): Promise<never> {
    this.#last += 1;
    const id = this.#last;
    const answer = new Promise<never>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return answer;
  }

  #read(chunk: string): void {
    const messages = `${this.#rest}${chunk}`.split('\0');
    this.#rest = messages.pop() ?? '';
    for (const message of messages) this.#take(JSON.parse(message) as Reply);
  }

  #take({ id, sessionId, method, params, result, error }: Reply): void {
    if (id === undefined) {
      const session = sessionId === undefined ? this.root : this.#sessions.get(sessionId);
      return session?.emit(method ?? '', (params ?? {}) as never);
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve((result ?? {}) as never);
  }

  #fail(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('Chromium has ended'));
    this.#waiting.clear();
  }
}

/** One target's part of the line. */
export class Session {
  readonly id: string | undefined;
  readonly cdp: Cdp;
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(cdp: Cdp, id: string | undefined) {
    this.cdp = cdp;
    this.id = id;
  }

  /** Typed by Playwright's copy of the protocol. */
  readonly send: CDPSession['send'] = (method, params) =>
    this.cdp.post(method, params ?? {}, this.id);

  on(event: string, listener: Listener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  emit(event: string, params: never): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(params);
  }
}

/**
 * Runs a function in a document and gives back what it returns, as JSON. It travels as text, so it
 * may use its arguments and the document, nothing else.
 */
export async function evaluate<A extends readonly unknown[], R>(
  session: Session,
  run: (...args: A) => R,
  ...args: A
): Promise<Awaited<R>> {
  const expression = `(${String(run)})(...${JSON.stringify(args)})`;
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) {
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
  return result.value as Awaited<R>;
}
