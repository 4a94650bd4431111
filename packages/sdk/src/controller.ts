import { BridgeError, type Caller, openCaller, receiveEvents } from '@hushfield/bridge';
import {
  type CollectCodeResult,
  ControllerEvent,
  controllerMethods,
  type RevealResult,
  type TokenizeResult,
} from '@hushfield/contract/page';
import { deferred } from './deferred.ts';
import { frameUrl, makeFrame } from './frame-element.ts';
import { FrameLink } from './frame-link.ts';
import { errorOf, failure } from './failures.ts';
import type { HushfieldError } from './hushfield-error.ts';
import type { ElementType } from './types.ts';

type Line = Caller<typeof controllerMethods>;

/** What one call of a page brings: its session and signal, what lets the fields join first, and whose code it is about. */
export type Turn = {
  readonly session: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly join: () => Promise<void>;
  readonly token?: string | undefined;
  /** In the place of what was typed: a grant, to have something shown. */
  readonly grant?: string;
};
type Result = TokenizeResult | CollectCodeResult | RevealResult;

// In the document, since a sibling frame must be able to find it, but nothing to see or tab to. Fixed,
// and inside the window: what stands to the left of a right-to-left page can be scrolled to.
const HIDDEN = {
  position: 'fixed',
  width: '1px',
  height: '1px',
  top: '0',
  left: '0',
  visibility: 'hidden',
};

/** The group's hidden frame: the only document that seals and talks to the vault. */
export class Controller {
  readonly #link: FrameLink;
  #line: Line | undefined;
  #stopEvents: (() => void) | undefined;
  readonly #frame: HTMLIFrameElement;
  #ready = deferred<Line>();
  #open = true;

  constructor(options: {
    fieldsOrigin: string;
    key: string;
    sid: string;
    locale: string | undefined;
    /** Called each time the frame is there (again), so that fields can join it. */
    onReady: () => void;
    onFail: (error: HushfieldError) => void;
  }) {
    const { fieldsOrigin, key, sid, locale } = options;
    this.#frame = makeFrame({
      src: frameUrl(fieldsOrigin, key, 'controller', locale, { sid }),
      title: 'Secure payment connection',
      name: `hushfield-${sid}`,
      styles: HIDDEN,
    });
    this.#frame.setAttribute('aria-hidden', 'true');
    this.#frame.tabIndex = -1;
    this.#link = new FrameLink(this.#frame, {
      fieldsOrigin,
      role: 'controller',
      sid,
      // The document is on its way out, for a new ticket or by accident: calls wait for the next line.
      onReload: () => {
        if (!this.#line) return;
        this.#line.close();
        this.#line = undefined;
        this.#stopEvents?.();
        this.#ready = deferred<Line>();
      },
      onLink: ({ calls, events }) => {
        this.#line = openCaller(calls, controllerMethods);
        this.#stopEvents = receiveEvents(events, ControllerEvent, () => this.#link.renew());
        this.#ready.resolve(this.#line);
        options.onReady();
      },
      onFail: (error) => {
        this.#ready.reject(error);
        options.onFail(error);
      },
    });
    document.body.append(this.#frame);
  }

  /** Whether the frame is still where it was put; a page that swaps its body takes it away. */
  get isConnected(): boolean {
    return this.#frame.isConnected;
  }

  /**
   * Asks for a token, and once more when the document was replaced meanwhile: its ticket was spent, or
   * it went away with the call.
   *
   * @throws HushfieldError when the frame could not be loaded; BridgeError when it does not answer.
   */
  async tokenize(elements: ElementType[], turn: Turn): Promise<Result> {
    const result = await this.#ask(elements, turn);
    return result === 'again' ? await this.#lastAsk(elements, turn) : result;
  }

  abort(): void {
    this.#line?.remote.abort().catch(() => {});
  }

  close(): void {
    this.#open = false;
    this.#line?.close();
    this.#stopEvents?.();
    this.#ready.reject(failure('element_destroyed'));
    this.#link.close();
  }

  async #ask(
    elements: ElementType[],
    { session, signal, join, token, grant }: Turn,
  ): Promise<Result | 'again'> {
    const line = await this.#ready.promise;
    await join();
    if (signal?.aborted) return { ok: false, error: errorOf('aborted') };
    try {
      const { remote } = line;
      const own = session ? { session } : {};
      const given = { elements, ...own };
      if (grant) return await remote.reveal({ grant, ...own });
      return await (token ? remote.collectCode({ token, ...given }) : remote.tokenize(given));
    } catch (reason) {
      const wentAway = reason instanceof BridgeError && reason.code === 'closed';
      if (wentAway && this.#open && !signal?.aborted) return 'again';
      throw reason;
    }
  }

  async #lastAsk(elements: ElementType[], turn: Turn): Promise<Result> {
    const result = await this.#ask(elements, turn);
    return result === 'again' ? { ok: false, error: errorOf('service_unavailable') } : result;
  }
}
