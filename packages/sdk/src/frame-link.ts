import {
  type Caller,
  type Contract,
  connectChild,
  openCaller,
  receiveEvents,
  type Remote,
} from '@hushfield/bridge';
import { PROTOCOL } from '@hushfield/contract/version';
import type * as z from 'zod/mini';
import { failure, loadErrorOf } from './failures.ts';
import { webOrigin } from './origin.ts';
import type { HushfieldError } from './hushfield-error.ts';

const LOAD_MS = 10_000;
/** A document that has loaded and not spoken by then is not ours: an error page, or one refused to us. */
const SILENCE_MS = 3_000;

type Options<C extends Contract, E extends z.ZodMiniType> = {
  fieldsOrigin: string;
  role: 'controller' | 'field';
  sid: string;
  methods: C;
  event: E;
  onConnected: (remote: Remote<C>) => void;
  onEvent: (event: z.infer<E>) => void;
  /** Another document comes, or has come: the last line is dead, another may follow. */
  onReload: (line: Caller<C> | undefined) => void;
  onFail: (error: HushfieldError) => void;
};

/**
 * Keeps the line to one iframe: connects when it loads, again when it reloads, and tells when it
 * cannot. Owns every listener it adds.
 *
 * A document may say hello before its `load` is told, and an error page may never tell one: so each
 * document is expected once, by whoever knows first that it comes.
 */
export class FrameLink<C extends Contract, E extends z.ZodMiniType> {
  readonly #frame: HTMLIFrameElement;
  readonly #options: Options<C, E>;
  /** Aborted as soon as it is over, well or badly. */
  #attempt = new AbortController();
  readonly #life = new AbortController();
  #line: Caller<C> | undefined;
  #stopEvents: (() => void) | undefined;
  /** The load to come is of the document that is expected already. */
  #expected = false;

  constructor(frame: HTMLIFrameElement, options: Options<C, E>) {
    this.#frame = frame;
    this.#options = options;
    const { signal } = this.#life;
    frame.addEventListener('load', () => this.#onLoad(), { signal });
    document.addEventListener('securitypolicyviolation', (event) => this.#onViolation(event), {
      signal,
    });
    this.#arm();
  }

  /** The frame's methods, while there is a line to it. */
  get remote(): Remote<C> | undefined {
    return this.#line?.remote;
  }

  close(): void {
    this.#hangUp();
    this.#life.abort();
    this.#attempt.abort();
    this.#frame.remove();
  }

  /** The document is about to be replaced: listens for the next one from now on. */
  renew(): void {
    const line = this.#line;
    this.#hangUp();
    this.#options.onReload(line);
    this.#arm();
  }

  #arm(): void {
    this.#attempt.abort();
    this.#expected = true;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { fieldsOrigin, role, sid, methods, event, onConnected, onEvent } = this.#options;
    const hello = { role, sid, version: PROTOCOL };
    connectChild(this.#frame, fieldsOrigin, hello, LOAD_MS, attempt.signal).then(
      ({ calls, events }) => {
        attempt.abort();
        this.#line = openCaller(calls, methods);
        this.#stopEvents = receiveEvents(events, event, onEvent);
        onConnected(this.#line.remote);
      },
      (reason: unknown) => this.#fail(attempt, loadErrorOf(reason)),
    );
  }

  #hangUp(): void {
    this.#line?.close();
    this.#line = undefined;
    this.#stopEvents?.();
  }

  #onLoad(): void {
    if (!this.#expected) this.renew();
    this.#expected = false;
    const attempt = this.#attempt;
    setTimeout(() => this.#fail(attempt, failure('frame_timeout')), SILENCE_MS);
  }

  #onViolation(event: SecurityPolicyViolationEvent): void {
    // A policy that only reports has blocked nothing.
    const ours =
      event.disposition === 'enforce' && webOrigin(event.blockedURI) === this.#options.fieldsOrigin;
    if (ours && /^(frame|child|default)-src/.test(event.effectiveDirective)) {
      this.#fail(this.#attempt, failure('frame_blocked_csp'));
    }
  }

  /** Once per attempt, and never for an attempt that is over: connected, failed or given up. */
  #fail(attempt: AbortController, error: HushfieldError): void {
    if (attempt.signal.aborted) return;
    attempt.abort();
    // A document that is only late is connected when it comes; what was refused has nothing to come but its `load`.
    if (error.retryable) this.#expected = false;
    this.#options.onFail(error);
  }
}
