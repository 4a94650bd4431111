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
  /** Another document comes, or has come: the last link is dead, another may follow. */
  onReload: () => void;
  onFail: (error: HushfieldError) => void;
};

/**
 * Keeps the line to one iframe: connects when it loads, again when it reloads, and tells when it
 * cannot. Owns every listener it adds.
 *
 * A document may say hello before its `load` is told, and an error page may never tell one: so each
 * document is expected once, by whoever knows first that it comes.
 */
export class FrameLink {
  readonly #frame: HTMLIFrameElement;
  readonly #options: Options;
  /** Aborted as soon as it is over, well or badly. */
  #attempt = new AbortController();
  readonly #life = new AbortController();
  /** The load to come is of the document that is expected already. */
  #expected = false;

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

  /** The document is about to be replaced: listens for the next one from now on. */
  renew(): void {
    this.#options.onReload();
    this.#arm();
  }

  #arm(): void {
    this.#attempt.abort();
    this.#expected = true;
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
        attempt.abort();
        onLink(link);
      },
      (reason: unknown) => this.#fail(attempt, loadErrorOf(reason)),
    );
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
    this.#expected = false;
    this.#options.onFail(error);
  }
}
