import {
  type ElementState,
  type FieldEvent,
  type FieldName,
  TICK_MS,
} from '@hushfield/contract/frame';
import type { FieldModel } from './field-state.ts';

type Queued = Exclude<FieldEvent, { type: 'change' | 'focus' | 'blur' }>;

/**
 * Tells the page about the element, on a tick (P2): however many keys fall between two ticks, the
 * page sees one state, so that it can neither count digits nor time them. What happens before the
 * page has connected is told when it has.
 */
export class Reporter {
  readonly #model: FieldModel;
  #send: ((event: FieldEvent) => void) | undefined;
  #queue: Queued[] = [];
  #last: ElementState;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: FieldModel) {
    this.#model = model;
    this.#last = model.observe();
    model.onChange(() => this.#schedule());
  }

  connect(send: (event: FieldEvent) => void): void {
    this.#send = send;
    this.#schedule();
  }

  /** An event that is not in the state: Enter, Escape, autofill, a warning, a new height. */
  tell(event: Queued): void {
    this.#queue.push(event);
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#send) return;
    this.#timer ??= setTimeout(() => this.#flush(), TICK_MS - (performance.now() % TICK_MS));
  }

  #flush(): void {
    this.#timer = undefined;
    const before = this.#last;
    const state = this.#model.observe();
    this.#last = state;
    const left = focusedIn(before);
    const entered = focusedIn(state);
    if (left && left !== entered) this.#send?.({ type: 'blur', field: left, state });
    if (entered && left !== entered) this.#send?.({ type: 'focus', field: entered, state });
    if (withoutFocus(before) !== withoutFocus(state)) this.#send?.({ type: 'change', state });
    for (const event of this.#queue.splice(0)) this.#send?.(event);
  }
}

/** The input that has focus. */
export function focusedIn(state: ElementState): FieldName | undefined {
  return (Object.keys(state.fields) as FieldName[]).find((name) => state.fields[name]?.focused);
}

function withoutFocus(state: ElementState): string {
  return JSON.stringify(state, (key, value) => (key === 'focused' ? undefined : value));
}
