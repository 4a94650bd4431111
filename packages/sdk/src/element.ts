import { type Caller, type Link, openCaller, receiveEvents } from '@hushfield/bridge';
import {
  type ElementState,
  FieldEvent,
  type FieldOptions,
  fieldMethods,
} from '@hushfield/contract/frame';
import { type Deferred, deferred } from './deferred.ts';
import { Emitter } from './emitter.ts';
import { frameUrl, makeFrame } from './frame-element.ts';
import { FrameLink } from './frame-link.ts';
import { failure, loadErrorOf } from './failures.ts';
import type { HushfieldError } from './hushfield-error.ts';
import { colorSchemeAt, fieldOptions } from './options.ts';
import { emptyState, paintState, TITLES } from './presentation.ts';
import type {
  ElementEvents,
  ElementOptions,
  ElementsOptions,
  ElementType,
  FieldName,
  HushfieldElement,
} from './types.ts';

/** What an element needs of its group. */
export type Group = {
  readonly fieldsOrigin: string;
  readonly key: string;
  readonly sid: string;
  readonly options: ElementsOptions;
  mounting(element: FieldElement): void;
  settled(element: FieldElement): void;
  gone(element: FieldElement): void;
};

type Mounted = {
  container: Element;
  frame: HTMLIFrameElement;
  link: FrameLink;
  line?: Caller<typeof fieldMethods>;
  ready: Deferred<void>;
};

/** One element: `new`, mounted, unmounted any number of times, destroyed once. */
export class FieldElement implements HushfieldElement {
  readonly type: ElementType;
  readonly #group: Group;
  readonly #emitter = new Emitter<ElementEvents>();
  #own: ElementOptions;
  #options: FieldOptions;
  #state: ElementState;
  #mounted: Mounted | undefined;
  #destroyed = false;

  constructor(type: ElementType, own: ElementOptions, group: Group) {
    this.type = type;
    this.#own = own;
    this.#group = group;
    this.#options = fieldOptions(type, own, group.options);
    this.#state = emptyState(type, this.#options.fields);
  }

  get isMounted(): boolean {
    return this.#mounted !== undefined;
  }

  async mount(target: string | Element): Promise<void> {
    this.#assertAlive();
    const container = typeof target === 'string' ? document.querySelector(target) : target;
    if (!(container instanceof Element)) throw failure('element_not_found');
    if (this.#mounted?.container === container) return this.#mounted.ready.promise;
    if (this.#mounted) throw failure('element_already_mounted');
    if (!container.isConnected) throw failure('container_not_in_dom');
    return this.#open(container).ready.promise;
  }

  on<E extends keyof ElementEvents>(event: E, listener: (payload: ElementEvents[E]) => void) {
    return this.#emitter.on(event, listener);
  }

  once<E extends keyof ElementEvents>(event: E, listener: (payload: ElementEvents[E]) => void) {
    return this.#emitter.once(event, listener);
  }

  off<E extends keyof ElementEvents>(event: E, listener: (payload: ElementEvents[E]) => void) {
    this.#emitter.off(event, listener);
  }

  update(options: ElementOptions): void {
    this.#assertAlive();
    const own = { ...this.#own, ...options };
    this.#options = fieldOptions(this.type, own, this.#group.options);
    this.#own = own;
    const mounted = this.#mounted;
    if (mounted?.line) void this.#configure(mounted, mounted.line).catch(() => {});
  }

  focus(field?: FieldName): void {
    // A frame cannot take focus from the page by itself in every engine; the element can be given it.
    this.#mounted?.frame.focus();
    this.#tell((remote) => remote.focus(field ? { field } : {}));
  }

  blur(): void {
    this.#tell((remote) => remote.blur());
  }

  clear(field?: FieldName): void {
    this.#tell((remote) => remote.clear(field ? { field } : {}));
  }

  setError(field: FieldName, message: string): void {
    if (!this.#options.fields.includes(field)) throw failure('invalid_option', 'field');
    this.#tell((remote) => remote.setError({ field, message }));
  }

  getState(): ElementState {
    return this.#state;
  }

  retry(): Promise<void> {
    this.#assertAlive();
    const container = this.#mounted?.container;
    if (!container) return Promise.reject(failure('element_not_found', 'not mounted'));
    this.unmount();
    return this.mount(container);
  }

  unmount(): void {
    const mounted = this.#mounted;
    if (!mounted) return;
    this.#mounted = undefined;
    mounted.line?.close();
    mounted.link.close();
    mounted.ready.reject(failure('element_destroyed', 'unmounted'));
    this.#state = emptyState(this.type, this.#options.fields);
    paintState(mounted.container, undefined);
    this.#group.settled(this);
    this.#group.gone(this);
  }

  destroy(): void {
    this.unmount();
    this.#destroyed = true;
    this.#emitter.clear();
  }

  /** Lets the field find the group's controller (again); false when it is not there to be asked. */
  async join(): Promise<boolean> {
    const line = this.#mounted?.line;
    return line ? line.remote.join().catch(() => false) : false;
  }

  #assertAlive(): void {
    if (this.#destroyed) throw failure('element_destroyed');
  }

  #tell(call: (remote: Caller<typeof fieldMethods>['remote']) => Promise<unknown>): void {
    this.#assertAlive();
    const line = this.#mounted?.line;
    if (line) call(line.remote).catch(() => {});
  }

  #open(container: Element): Mounted {
    const { fieldsOrigin, key, sid } = this.#group;
    const scheme = colorSchemeAt(container);
    const frame = makeFrame({
      src: frameUrl(fieldsOrigin, key, 'field', { sid, element: this.type, scheme }),
      title: TITLES[this.type],
      styles: { display: 'block', width: '100%', height: '72px', 'color-scheme': scheme },
    });
    const link = new FrameLink(frame, {
      fieldsOrigin,
      role: 'field',
      sid,
      onLink: (line) => void this.#onLink(mounted, line),
      onFail: (error) => this.#onFail(mounted, error),
    });
    const mounted: Mounted = { container, frame, link, ready: deferred<void>() };
    this.#mounted = mounted;
    this.#group.mounting(this);
    paintState(container, this.#state);
    container.append(frame);
    return mounted;
  }

  async #onLink(mounted: Mounted, { calls, events }: Link): Promise<void> {
    mounted.line?.close();
    const line = openCaller(calls, fieldMethods);
    mounted.line = line;
    receiveEvents(events, FieldEvent, (event) => {
      if (this.#mounted === mounted) this.#onEvent(mounted, event);
    });
    try {
      await this.#configure(mounted, line);
    } catch (error) {
      return this.#onFail(mounted, loadErrorOf(error));
    }
    if (this.#mounted !== mounted) return;
    mounted.ready.resolve();
    this.#announce('ready', { elementType: this.type });
    this.#group.settled(this);
  }

  async #configure(mounted: Mounted, line: Caller<typeof fieldMethods>): Promise<void> {
    const { height } = await line.remote.configure(this.#options);
    mounted.frame.style.setProperty('height', `${height}px`);
  }

  #onFail(mounted: Mounted, error: HushfieldError): void {
    if (this.#mounted !== mounted) return;
    mounted.ready.reject(error);
    mounted.container.classList.add('hushfield--failed');
    const { type, code, message, retryable } = error;
    this.#announce('loaderror', { error: { type, code, message, retryable } });
    this.#group.settled(this);
  }

  #onEvent(mounted: Mounted, event: FieldEvent): void {
    switch (event.type) {
      case 'resize':
        return mounted.frame.style.setProperty('height', `${event.height}px`);
      case 'change':
        return this.#onChange(event.state);
      case 'focus':
      case 'blur':
        this.#setState(event.state);
        this.#announce(event.type, { field: event.field });
        return;
      case 'submit':
        if (this.#announce('submit', { field: event.field })) submitForm(mounted.container);
        return;
      case 'warning':
        return void this.#announce('warning', { code: event.code });
      default:
        this.#announce(event.type, { field: event.field });
    }
  }

  #onChange(state: ElementState): void {
    const before = this.#state.networks.join();
    this.#setState(state);
    this.#announce('change', state);
    if (before !== state.networks.join()) this.#announce('networkschange', state);
  }

  #setState(state: ElementState): void {
    this.#state = state;
    if (this.#mounted) paintState(this.#mounted.container, state);
  }

  /** Tells listeners and the DOM; false when a DOM listener prevented the default. */
  #announce<E extends keyof ElementEvents>(event: E, payload: ElementEvents[E]): boolean {
    this.#emitter.emit(event, payload);
    const dom = new CustomEvent(`hushfield:${event}`, {
      detail: payload,
      bubbles: true,
      composed: true,
      cancelable: event === 'submit',
    });
    return this.#mounted?.container.dispatchEvent(dom) ?? true;
  }
}

/** Enter in a field does what Enter in an input of the page's own form does. */
function submitForm(container: Element): void {
  container.closest('form')?.requestSubmit();
}
