import type { CollectResult, ElementState, FieldName, TokenizeResult } from '@hushfield/sdk';
import type { HushfieldGroupElement } from './group-element.ts';

type Result = TokenizeResult | CollectResult;
type Refusal = NonNullable<Result['error']>;

/*
 * What a group does in a form, once it has a name:
 *
 *   1  The form is about to be submitted. Without a token it is not: the page's own listeners are not told.
 *   2  The elements are traded for a token; what the shopper must mend, the fields show.
 *   3  With a token the form is submitted again, by the same button, and the page's listeners are told.
 *   4  The token stands until something is typed again: a page whose own request failed may submit once more.
 *
 * The value is the token's id and nothing else; a browser that restores a form is given nothing to keep.
 */

/** The form's side of a group. */
export class FormPart {
  readonly internals: ElementInternals;
  readonly #group: HushfieldGroupElement;
  readonly #alert: HTMLElement = document.createElement('div');
  #listening = new AbortController();
  #busy = false;
  /** Since there is a token, the inputs have been emptied: what comes next is typed. */
  #emptied = false;
  #refused: string | undefined;
  value = '';

  constructor(group: HushfieldGroupElement, internals: ElementInternals) {
    this.#group = group;
    this.internals = internals;
    // There from the start: a live region that comes with its text stays silent.
    this.#alert.setAttribute('role', 'alert');
    this.#alert.setAttribute('part', 'error');
    group.shadowRoot?.append(this.#alert);
    group.addEventListener('hushfield:change', (event) =>
      this.#onChange((event as CustomEvent).detail),
    );
    group.addEventListener('invalid', (event) => this.#onInvalid(event));
  }

  join(form: HTMLFormElement | null): void {
    this.#listening.abort();
    this.#listening = new AbortController();
    if (!form) return;
    const { signal } = this.#listening;
    const options = { capture: true, signal };
    form.addEventListener('submit', (event) => this.#onSubmit(event, form), options);
    // Back from a payment, the fields are empty: what was paid with is not to be sent again.
    addEventListener('pageshow', (event) => event.persisted && this.forget(), options);
  }

  /** Takes what came of the elements, for whichever reason they were asked. */
  settle({ token, error }: Result): void {
    this.forget();
    if (error) return this.#refuse(error);
    this.value = token.id;
    this.internals.setFormValue(token.id, null);
    this.#emptied = false;
    this.#tell('token', { token });
  }

  forget(): void {
    this.value = '';
    this.internals.setFormValue(null);
    this.#allow();
  }

  #onSubmit(event: SubmitEvent, form: HTMLFormElement): void {
    const group = this.#group;
    if (!group.name || group.matches(':disabled') || event.defaultPrevented || this.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!this.#busy) void this.#pay(form, event.submitter);
  }

  async #pay(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
    this.#setBusy(true);
    const saved = this.#group.getAttribute('token');
    const { token } = await (saved
      ? this.#group.tokenize({ token: saved, fields: ['cvc'] })
      : this.#group.tokenize()
    ).catch((reason: unknown): Partial<Result> => {
      // The page's own mistake: it is reported where those are.
      reportError(reason);
      return {};
    });
    this.#setBusy(false);
    if (!token) return;
    // A button that has left the form meanwhile would be refused.
    form.requestSubmit((button as HTMLButtonElement | null)?.form === form ? button : null);
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy;
    this.#group.setAttribute('aria-busy', String(busy));
  }

  /** What one input is to blame for is shown there; the rest here. Without a name, or where it is prevented, the page does. */
  #refuse(error: Refusal): void {
    if (!this.#tell('error', { error }) || !this.#group.name) return;
    const holder = this.#holder(error.field);
    if (!holder) {
      this.#alert.textContent = error.message;
      return;
    }
    this.#refused = error.field;
    this.internals.setValidity({ customError: true }, error.message, holder);
    holder.focus(error.field as FieldName);
  }

  #allow(): void {
    this.#alert.textContent = '';
    this.#refused = undefined;
    this.internals.setValidity({});
  }

  #onChange(state: ElementState): void {
    const refused = state.fields[this.#refused as FieldName];
    // The change that shows the error may come after the answer that brought it.
    if (refused && !refused.error) this.#allow();
    if (state.empty) this.#emptied = true;
    else if (this.value && this.#emptied) this.forget();
  }

  /** No bubble could point into a frame; the field says what is wrong, and is where to mend it. */
  #onInvalid(event: Event): void {
    event.preventDefault();
    this.#holder(this.#refused)?.focus(this.#refused as FieldName);
  }

  #holder(field: string | undefined) {
    const has = (state: ElementState | undefined) =>
      state && field && Object.hasOwn(state.fields, field);
    return [...this.#group.fields].find((one) => has(one.getState()));
  }

  #tell(name: string, detail: object): boolean {
    const options = { detail, bubbles: true, composed: true, cancelable: true };
    return this.#group.dispatchEvent(new CustomEvent(`hushfield:${name}`, options));
  }
}
