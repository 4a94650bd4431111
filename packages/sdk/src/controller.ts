import { BridgeError, type Remote } from '@hushfield/bridge';
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
import type { Group } from './group.ts';
import type { ElementType } from './types.ts';

type Line = Remote<typeof controllerMethods>;

/** What one call of a page brings: its session and signal, what lets the fields join first, and whose code it is about. */
export type Turn = {
  readonly session: string | undefined;
  readonly signal: AbortSignal;
  readonly join: () => Promise<void>;
  readonly token?: string | undefined;
  /** In the place of what was typed: a grant, to have something shown. */
  readonly grant?: string;
};
type Result = TokenizeResult | CollectCodeResult | RevealResult;

// In the document, since a sibling frame must be able to find it, but nothing to see or tab to. Fixed,
// and inside the window: what stands to the left of a right-to-left page can be scrolled to.
const HIDDEN = 'position:fixed;inset:0;width:1px;height:1px;visibility:hidden';

/** The group's hidden frame: the only document that seals and talks to the vault. */
export class Controller {
  readonly #link: FrameLink<typeof controllerMethods, typeof ControllerEvent>;
  readonly #frame: HTMLIFrameElement;
  #ready = deferred<Line>();
  #open = true;

  /** @param onReady - called each time the frame is there (again), so that fields can join it. */
  constructor({ fieldsOrigin, key, sid, options }: Group, onReady: () => void, onFail: () => void) {
    const src = frameUrl(fieldsOrigin, key, 'controller', options.locale, { sid });
    const title = 'Secure connection';
    this.#frame = makeFrame({ src, title, name: `hushfield-${sid}`, tabIndex: -1 }, HIDDEN);
    this.#frame.setAttribute('aria-hidden', 'true');
    this.#link = new FrameLink(this.#frame, {
      fieldsOrigin,
      role: 'controller',
      sid,
      methods: controllerMethods,
      event: ControllerEvent,
      // The document is on its way out, for a new ticket or by accident: calls wait for the next line.
      onReload: (line) => {
        if (line) this.#ready = deferred<Line>();
      },
      onEvent: () => this.#link.renew(),
      onConnected: (remote) => {
        // A controller of before does not know the question; then the vault alone says which brands it takes.
        if (options.session) remote.session(options.session).catch(() => {});
        this.#ready.resolve(remote);
        onReady();
      },
      onFail: (error) => {
        this.#ready.reject(error);
        onFail();
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
  async tokenize(elements: ElementType[], turn: Turn, isLast = false): Promise<Result> {
    const { session, signal, join, token, grant } = turn;
    const remote = await this.#ready.promise;
    await join();
    if (signal.aborted) return { ok: false, error: errorOf('aborted') };
    const given = session ? { elements, session } : { elements };
    try {
      if (grant) return await remote.reveal({ grant, ...given });
      return await (token ? remote.collectCode({ token, ...given }) : remote.tokenize(given));
    } catch (reason) {
      const wentAway = reason instanceof BridgeError && reason.code === 'closed';
      if (!wentAway || !this.#open || signal.aborted) throw reason;
      if (isLast) return { ok: false, error: errorOf('service_unavailable') };
      return this.tokenize(elements, turn, true);
    }
  }

  abort(): void {
    this.#link.remote?.abort().catch(() => {});
  }

  close(): void {
    this.#open = false;
    this.#ready.reject(failure('aborted'));
    this.#link.close();
  }
}
