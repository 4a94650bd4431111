import { type Caller, type Link, openCaller, receiveEvents, type Remote } from '@hushfield/bridge';
import { FieldEvent, type FieldOptions, fieldMethods } from '@hushfield/contract/page';
import { type Deferred, deferred } from './deferred.ts';
import { failure, loadErrorOf } from './failures.ts';
import { frameUrl, makeFrame } from './frame-element.ts';
import { FrameLink } from './frame-link.ts';
import type { HushfieldError } from './hushfield-error.ts';
import { colorSchemeAt } from './options.ts';

/** What the element that is mounted hears; nothing after `close`. */
export type MountingEvents = {
  onReady(): void;
  onFail(error: HushfieldError): void;
  /** The frame's document was replaced, and with it what was typed. */
  onReload(): void;
  onEvent(event: FieldEvent): void;
};

/** One stay of an element in one container: its frame, the line to it, and the promise that it is ready. */
export class Mounting {
  readonly container: Element;
  readonly #frame: HTMLIFrameElement;
  readonly #link: FrameLink;
  readonly #ready: Deferred<void> = deferred<void>();
  readonly #events: MountingEvents;
  #options: FieldOptions;
  #line: Caller<typeof fieldMethods> | undefined;
  #stopEvents: (() => void) | undefined;
  #open = true;

  constructor(
    place: { container: Element; fieldsOrigin: string; key: string; sid: string },
    options: FieldOptions,
    events: MountingEvents,
  ) {
    const { container, fieldsOrigin, key, sid } = place;
    const scheme = colorSchemeAt(container);
    // All inputs of a card have one address, and so one entry in the browser's cache.
    const { element } = options;
    const kind = /^card|^po/.test(element) ? 'field' : element;
    this.container = container;
    this.#options = options;
    this.#events = events;
    this.#frame = makeFrame({
      src: frameUrl(fieldsOrigin, key, kind, options.locale, {
        sid,
        scheme,
      }),
      title: options.title || 'Secure fields',
      styles: { display: 'block', width: '100%', height: '101px', 'color-scheme': scheme },
    });
    this.#link = new FrameLink(this.#frame, {
      fieldsOrigin,
      role: 'field',
      sid,
      onLink: (link) => void this.#connect(link),
      onReload: () => this.#onReload(),
      onFail: (error) => this.#fail(error),
    });
    container.append(this.#frame);
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
    return this.#line?.remote;
  }

  configure(options: FieldOptions): void {
    this.#options = options;
    // What fails here fails again, and is told, at the next load of the frame.
    if (this.#line) this.#configure(this.#line).catch(() => {});
  }

  /** A frame cannot take focus from the page by itself in every engine; it can be given it. */
  focusFrame(): void {
    this.#frame.focus();
  }

  close(): void {
    this.#open = false;
    this.#hangUp();
    this.#link.close();
    this.#ready.reject(failure('element_destroyed', 'unmounted'));
  }

  async #connect({ calls, events }: Link): Promise<void> {
    const line = openCaller(calls, fieldMethods);
    this.#line = line;
    this.#stopEvents = receiveEvents(events, FieldEvent, (event) => this.#onEvent(event));
    try {
      await this.#configure(line);
    } catch (error) {
      return this.#fail(loadErrorOf(error));
    }
    if (!this.#open) return;
    this.#ready.resolve();
    this.#events.onReady();
  }

  async #configure(line: Caller<typeof fieldMethods>): Promise<void> {
    const { height, title } = await line.remote.configure(this.#options);
    this.#setHeight(height);
    this.#frame.title = title;
  }

  #onEvent(event: FieldEvent): void {
    if (!this.#open) return;
    if (event.type === 'resize') this.#setHeight(event.height);
    else this.#events.onEvent(event);
  }

  #hangUp(): void {
    this.#line?.close();
    this.#line = undefined;
    this.#stopEvents?.();
  }

  #onReload(): void {
    this.#hangUp();
    if (this.#open) this.#events.onReload();
  }

  #fail(error: HushfieldError): void {
    if (!this.#open) return;
    this.#ready.reject(error);
    this.#events.onFail(error);
  }

  #setHeight(px: number): void {
    this.#frame.style.setProperty('height', `${px}px`);
  }
}
