import type { Remote } from '@hushfield/bridge';
import {
  type ElementState,
  type FieldOptions,
  type fieldMethods,
  PageText,
} from '@hushfield/contract/page';
import { Emitter } from './emitter.ts';
import { failure } from './failures.ts';
import type { Group } from './group.ts';
import { HushfieldError } from './hushfield-error.ts';
import { Mounting, type Told } from './mounting.ts';
import { checked, fallbackOf, fieldOptions } from './options.ts';
import { makeNotice } from './notice.ts';
import { emptyState, paintState } from './presentation.ts';
import { shapeOf } from './shape-of.ts';
import type {
  ElementEvents,
  ElementOptions,
  ElementType,
  FieldName,
  HushfieldElement,
} from './types.ts';

/** The group of an element, which waits for all of them. */
export type Waiting = Group & {
  /** The element is ready, has failed, or was taken out. */
  settled(element: FieldElement): void;
};

/** One element: new, mounted and unmounted any number of times, destroyed once. */
export class FieldElement extends Emitter<ElementEvents> implements HushfieldElement {
  readonly type: ElementType;
  readonly #group: Waiting;
  #own: ElementOptions;
  #options: FieldOptions;
  #state: ElementState;
  #told: ElementState;
  #mounting: Mounting | undefined;
  #notice: HTMLElement | undefined;
  #isLoading = false;
  #destroyed = false;

  constructor(type: ElementType, own: ElementOptions, group: Waiting) {
    super();
    this.type = type;
    this.#own = own;
    this.#group = group;
    this.#options = fieldOptions(type, own, group.options);
    this.#state = this.#empty();
    this.#told = this.#state;
  }

  get isMounted(): boolean {
    // A page may empty the container at any time: that is an unmount, said in another way.
    return this.#mounting?.isConnected === true;
  }

  /** Mounted, and neither ready nor failed yet. */
  get isLoading(): boolean {
    return this.#isLoading;
  }

  // Not async: that would make a new promise, whose rejection is the page's when nobody waits for it.
  mount(target: string | Element): Promise<void> {
    try {
      return this.#place(target).ready;
    } catch (error) {
      // A text that is no selector finds nothing, as one that fits nothing does.
      const known = error instanceof HushfieldError;
      return Promise.reject(known ? error : failure('element_not_found'));
    }
  }

  #place(target: string | Element): Mounting {
    this.#assertAlive();
    const container = typeof target === 'string' ? document.querySelector(target) : target;
    if (!(container instanceof Element)) throw failure('element_not_found');
    if (!this.isMounted) this.unmount();
    if (this.#mounting?.container === container) return this.#mounting;
    if (this.#mounting) throw failure('element_already_mounted');
    if (!container.isConnected) throw failure('container_not_in_dom');
    return this.#mount(container);
  }

  update(options: ElementOptions): void {
    this.#assertAlive();
    const own = { ...this.#own, ...options };
    this.#options = fieldOptions(this.type, own, this.#group.options);
    this.#own = own;
    this.#mounting?.configure(this.#options);
  }

  focus(field?: FieldName): void {
    const at = this.#at(field);
    this.#mounting?.focusFrame();
    this.#tell((remote) => remote.focus(at));
  }

  blur(): void {
    this.#tell((remote) => remote.blur());
  }

  clear(field?: FieldName): void {
    const at = this.#at(field);
    this.#tell((remote) => remote.clear(at));
  }

  setError(field: FieldName, message: string): void {
    const text = checked(PageText, message, 'message');
    this.#assertHas(field);
    this.#tell((remote) => remote.setError({ field, message: text }));
  }

  getState(): ElementState {
    return this.#state;
  }

  retry(): Promise<void> {
    const container = this.#mounting?.container;
    this.unmount();
    // An element that is not mounted has nothing to retry: no text selects nothing.
    return this.mount(container ?? '');
  }

  unmount(): void {
    const mounting = this.#mounting;
    if (!mounting) return;
    this.#mounting = undefined;
    mounting.close();
    this.#state = this.#empty();
    this.#told = this.#state;
    paintState(mounting.container, undefined);
    this.#settle(mounting.container);
  }

  destroy(): void {
    this.unmount();
    this.#destroyed = true;
  }

  /** Lets the field find the group's controller; false when it is not there to be asked. */
  async join(): Promise<boolean> {
    return this.#mounting?.remote?.join().catch(() => false) ?? false;
  }

  #assertAlive(): void {
    if (this.#destroyed) throw failure('element_destroyed');
  }

  #assertHas(field: FieldName): void {
    if (!this.#options.fields.includes(field)) throw failure('invalid_option', 'field');
  }

  #at(field?: FieldName): { field?: FieldName } {
    if (!field) return {};
    this.#assertHas(field);
    return { field };
  }

  #empty(): ElementState {
    return emptyState(this.type, this.#options.fields);
  }

  /** Asks the field for something whose failure leaves nothing to mend: the frame is gone or going. */
  #tell(ask: (remote: Remote<typeof fieldMethods>) => Promise<unknown>): void {
    this.#assertAlive();
    const remote = this.#mounting?.remote;
    if (remote) ask(remote).catch(() => {});
  }

  #mount(container: Element): Mounting {
    this.#begin(container);
    paintState(container, this.#state);
    const mounting = new Mounting(container, this.#group, this.#options, {
      onReady: () => this.#onReady(container),
      onFail: (error) => this.#onFail(container, error),
      onReload: () => {
        this.#begin(container);
        this.#onChange(this.#empty());
      },
      onEvent: (event) => this.#onEvent(container, event),
    });
    this.#mounting = mounting;
    return mounting;
  }

  #onReady(container: Element): void {
    this.#settle(container);
    this.#announce('ready', { elementType: this.type });
  }

  #begin(container: Element): void {
    this.#isLoading = true;
    this.#notice?.remove();
    container.setAttribute('aria-busy', 'true');
  }

  #settle(container: Element): void {
    this.#isLoading = false;
    this.#notice?.remove();
    container.removeAttribute('aria-busy');
    this.#group.settled(this);
  }

  /** Whoever pressed the button has lost their place with it; who has found another meanwhile is left there. */
  #retry(): void {
    const focus = () => document.activeElement === document.body && this.focus();
    // Whoever hears that it is ready may have destroyed it by then.
    this.retry()
      .then(focus)
      .catch(() => {});
  }

  #onFail(container: Element, error: HushfieldError): void {
    container.classList.add('hushfield--failed');
    this.#settle(container);
    const texts = fallbackOf(this.#own, this.#group.options);
    if (texts !== false) {
      this.#notice = makeNotice(texts, error.retryable ? () => this.#retry() : undefined);
      container.append(this.#notice);
    }
    this.#announce('loaderror', { error: shapeOf(error) });
  }

  #onEvent(container: Element, event: Told): void {
    if (event.type === 'change') return this.#onChange(event.state);
    if ('state' in event) this.#setState(event.state);
    const payload = event.type === 'warning' ? { code: event.code } : { field: event.field };
    const goesOn = this.#announce(event.type, payload);
    if (event.type === 'submit' && goesOn) submit(container.closest('form'));
  }

  /** A focus or blur brings the new state too; what was last told of is what a change is against. */
  #onChange(state: ElementState): void {
    const told = this.#told;
    this.#setState(state);
    this.#told = state;
    if (withoutFocus(told) === withoutFocus(state)) return;
    this.#announce('change', state);
    const { networks, network, bin } = state;
    if (bin && bin !== told.bin) this.#announce('binavailable', { bin });
    if ([told.networks, told.network].join() === [networks, network].join()) return;
    this.#announce('networkschange', { networks, network });
  }

  #setState(state: ElementState): void {
    this.#state = state;
    if (this.#mounting) paintState(this.#mounting.container, state);
  }

  /** Tells listeners and the DOM; false when a DOM listener prevented the default. */
  #announce<E extends keyof ElementEvents>(event: E, payload: ElementEvents[E]): boolean {
    this.emit(event, payload);
    const dom = new CustomEvent(`hushfield:${event}`, {
      detail: payload,
      bubbles: true,
      composed: true,
      cancelable: event === 'submit',
    });
    return this.#mounting?.container.dispatchEvent(dom) ?? true;
  }
}

/**
 * Enter in a field does what Enter in an input of the page's own form does: it presses the form's first submit
 * button, which does nothing where that is disabled (HTML, implicit submission).
 */
function submit(form: HTMLFormElement | null): void {
  const controls = [...(form?.elements ?? [])] as HTMLButtonElement[];
  const button = controls.find(({ type }) => type === 'submit');
  if (button) button.click();
  else form?.requestSubmit();
}

function withoutFocus(state: ElementState): string {
  return JSON.stringify(state, (key, value) => (key === 'focused' ? undefined : value));
}
