import { connectChild, type Link } from '@hushfield/bridge';
import { PROTOCOL } from '@hushfield/contract/version';
import { failure, loadErrorOf } from './failures.ts';
import { webOrigin } from './origin.ts';
import type { HushfieldError } from './hushfield-error.ts';

const LOAD_MS = 10_000;
/** A document that has loaded and not spoken by then is not ours: an error page, or one refused to us. */
const SILENCE_MS = 3_000;

type Options = {
  fieldsOrigin: string;
  role: 'controller' | 'field';
  sid: string;
  onLink: (link: Link) => void;
  /** The document was loaded anew: the last link is dead, another may follow. */
  onReload: () => void;
  onFail: (error: HushfieldError) => void;
};

/**
 * Keeps the line to one iframe: connects when it loads, again when it reloads, and tells when it
 * cannot. Owns every listener it adds.
 */
export class FrameLink {
  readonly #frame: HTMLIFrameElement;
  readonly #options: Options;
  #attempt = new AbortController();
  readonly #life = new AbortController();
  #loads = 0;
  #connected = false;

  constructor(frame: HTMLIFrameElement, options: Options) {
    this.#frame = frame;
    this.#options = options;
    const { signal } = this.#life;
    frame.addEventListener('load', () => this.#onLoad(), { signal });
    document.addEventListener('securitypolicyviolation', (event) => this.#onViolation(event), {
      signal,
    });
    this.#arm();
  }

  close(): void {
    this.#life.abort();
    this.#attempt.abort();
    this.#frame.remove();
  }

  #arm(): void {
    this.#attempt.abort();
    this.#connected = false;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { fieldsOrigin, role, sid, onLink } = this.#options;
    connectChild({
      frame: this.#frame,
      origin: fieldsOrigin,
      role,
      sid,
      version: PROTOCOL,
      timeoutMs: LOAD_MS,
      signal: attempt.signal,
    }).then(
      (link) => {
        this.#connected = true;
        onLink(link);
      },
      (reason: unknown) => this.#fail(attempt, loadErrorOf(reason)),
    );
  }

  #onLoad(): void {
    this.#loads += 1;
    if (this.#loads > 1) {
      this.#options.onReload();
      this.#arm();
    }
    const attempt = this.#attempt;
    setTimeout(() => {
      if (!this.#connected) this.#fail(attempt, failure('frame_timeout'));
    }, SILENCE_MS);
  }

  #onViolation(event: SecurityPolicyViolationEvent): void {
    // A policy that only reports has blocked nothing.
    const ours =
      event.disposition === 'enforce' && webOrigin(event.blockedURI) === this.#options.fieldsOrigin;
    if (ours && /^(frame|child|default)-src/.test(event.effectiveDirective) && !this.#connected) {
      this.#fail(this.#attempt, failure('frame_blocked_csp'));
    }
  }

  /** Once per attempt, and never for an attempt that was given up. */
  #fail(attempt: AbortController, error: HushfieldError): void {
    if (attempt.signal.aborted) return;
    attempt.abort();
    this.#options.onFail(error);
  }
}
