import { type Caller, openCaller, receiveEvents } from '@hushfield/bridge';
import { ControllerEvent, controllerMethods, type TokenizeResult } from '@hushfield/contract/frame';
import { deferred } from './deferred.ts';
import { frameUrl, makeFrame } from './frame-element.ts';
import { FrameLink } from './frame-link.ts';
import { failure } from './failures.ts';
import type { HushfieldError } from './hushfield-error.ts';
import type { ElementType } from './types.ts';

type Line = Caller<typeof controllerMethods>;

// In the document, since a sibling frame must be able to find it, but nothing to see or tab to.
const HIDDEN = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  top: '0',
  left: '-9999px',
  visibility: 'hidden',
};

/** The group's hidden frame: the only document that seals and talks to the vault. */
export class Controller {
  readonly #link: FrameLink;
  #line: Line | undefined;
  #ready = deferred<Line>();

  constructor(options: {
    fieldsOrigin: string;
    key: string;
    sid: string;
    /** Called each time the frame is there (again), so that fields can join it. */
    onReady: () => void;
    onFail: (error: HushfieldError) => void;
  }) {
    const { fieldsOrigin, key, sid } = options;
    const frame = makeFrame({
      src: frameUrl(fieldsOrigin, key, 'controller', { sid }),
      title: 'Secure payment connection',
      name: `hushfield-${sid}`,
      styles: HIDDEN,
    });
    frame.setAttribute('aria-hidden', 'true');
    frame.tabIndex = -1;
    this.#link = new FrameLink(frame, {
      fieldsOrigin,
      role: 'controller',
      sid,
      onReload: () => this.#lost(),
      onLink: ({ calls, events }) => {
        this.#line = openCaller(calls, controllerMethods);
        receiveEvents(events, ControllerEvent, () => this.#lost());
        this.#ready.resolve(this.#line);
        options.onReady();
      },
      onFail: (error) => {
        this.#ready.reject(error);
        options.onFail(error);
      },
    });
    document.body.append(frame);
  }

  /** @throws HushfieldError when the frame could not be loaded. */
  async tokenize(elements: ElementType[], onTurn: () => Promise<void>): Promise<TokenizeResult> {
    const line = await this.#ready.promise;
    await onTurn();
    return line.remote.tokenize({ elements });
  }

  abort(): void {
    this.#line?.remote.abort().catch(() => {});
  }

  close(): void {
    this.#line?.close();
    this.#ready.reject(failure('element_destroyed'));
    this.#link.close();
  }

  /** The document is on its way out, for a new ticket or by accident: calls wait for the next line. */
  #lost(): void {
    if (!this.#line) return;
    this.#line.close();
    this.#line = undefined;
    this.#ready = deferred<Line>();
  }
}
