import type { Remote } from '@hushfield/bridge';
import { documentOf, FieldEvent, type FieldOptions, fieldMethods } from '@hushfield/contract/page';
import { type Deferred, deferred } from './deferred.ts';
import { failure, loadErrorOf } from './failures.ts';
import { frameUrl, makeFrame } from './frame-element.ts';
import { FrameLink } from './frame-link.ts';
import type { Group } from './group.ts';
import type { HushfieldError } from './hushfield-error.ts';
import { outlineOf } from './outline.ts';
import { colorSchemeAt } from './options.ts';

/** What a field tells that is more than its height. */
export type Told = Exclude<FieldEvent, { type: 'resize' }>;

/** What the element that is mounted hears; nothing after `close`. */
export type MountingEvents = {
  onReady(): void;
  onFail(error: HushfieldError): void;
  /** The frame's document was replaced, and with it what was typed. */
  onReload(): void;
  onEvent(event: Told): void;
};

/** One stay of an element in one container: its frame, the line to it, and the promise that it is ready. */
export class Mounting {
  readonly container: Element;
  readonly #frame: HTMLIFrameElement;
  readonly #link: FrameLink<typeof fieldMethods, typeof FieldEvent>;
  #ready: Deferred<void> = deferred<void>();
  readonly #events: MountingEvents;
  #options: FieldOptions;

  constructor(
    container: Element,
    { fieldsOrigin, key, sid }: Group,
    options: FieldOptions,
    events: MountingEvents,
  ) {
    const scheme = colorSchemeAt(container);
    this.container = container;
    this.#options = options;
    this.#events = events;
    const { element, locale } = options;
    const src = frameUrl(fieldsOrigin, key, documentOf(element), locale, { sid, scheme });
    this.#frame = makeFrame(
      { src, title: options.title || 'Secure fields' },
      `width:100%;color-scheme:${scheme}`,
    );
    this.#link = new FrameLink(this.#frame, {
      fieldsOrigin,
      role: 'field',
      sid,
      methods: fieldMethods,
      event: FieldEvent,
      onConnected: (remote) => void this.#connect(remote),
      onEvent: (event) => this.#onEvent(event),
      onReload: () => {
        // Whoever waited for the document of before waits for this one; what was said of that one is past.
        const next = deferred<void>();
        this.#ready.resolve(next.promise);
        this.#ready = next;
        this.#wait();
        events.onReload();
      },
      onFail: (error) => this.#fail(error),
    });
    container.append(this.#frame);
    this.#wait();
  }

  /** Resolves when the inputs can be typed into; rejects with a HushfieldError. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Whether the frame is still in the document; a page may empty the container at any time. */
  get isConnected(): boolean {
    return this.#frame.isConnected;
  }

  /** The field's methods, while there is a line to it. */
  get remote(): Remote<typeof fieldMethods> | undefined {
    return this.#link.remote;
  }

  configure(options: FieldOptions): void {
    this.#options = options;
    // What fails here fails again, and is told, at the next load of the frame.
    if (this.remote) this.#configure(this.remote).catch(() => {});
  }

  /** A frame cannot take focus from the page by itself in every engine; it can be given it. */
  focusFrame(): void {
    this.#frame.focus();
  }

  close(): void {
    // Nothing comes over a link that is closed, and nothing fails on it any more.
    this.#link.close();
    this.#ready.reject(failure('aborted', 'unmounted'));
  }

  async #connect(remote: Remote<typeof fieldMethods>): Promise<void> {
    try {
      await this.#configure(remote);
    } catch (error) {
      if (remote === this.remote) this.#fail(loadErrorOf(error));
      return;
    }
    // Another document has come meanwhile, or none is wanted any more.
    if (remote !== this.remote) return;
    this.#ready.resolve();
    this.#events.onReady();
  }

  async #configure(remote: Remote<typeof fieldMethods>): Promise<void> {
    const { height, title } = await remote.configure(this.#options);
    this.#setHeight(height);
    this.#frame.title = title;
  }

  #onEvent(event: FieldEvent): void {
    if (event.type === 'resize') this.#setHeight(event.height);
    else this.#events.onEvent(event);
  }

  #fail(error: HushfieldError): void {
    this.#frame.style.display = 'none';
    this.#ready.reject(error);
    this.#events.onFail(error);
  }

  /** Nothing of a document is seen before it is ready: an error page is white, and so is a scheme that does not match. */
  #wait(): void {
    const { style } = this.#frame;
    style.display = 'block';
    Object.assign(style, outlineOf(this.#options, this.#frame.offsetWidth));
  }

  #setHeight(px: number): void {
    const height = `${px}px`;
    Object.assign(this.#frame.style, { height, padding: '0', background: 'none' });
  }
}
