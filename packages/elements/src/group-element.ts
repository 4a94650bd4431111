import {
  type AppearanceOptions,
  type CollectOptions,
  type CollectResult,
  type ElementsOptions,
  type Hushfield,
  type HushfieldElements,
  loadHushfield,
  type RevealOptions,
  type RevealResult,
  type TokenizeOptions,
  type TokenizeResult,
} from '@hushfield/sdk';
import { FormPart } from './form-part.ts';
import type { HushfieldFieldElement } from './field-element.ts';
import { Host } from './host.ts';

const OF_THE_GROUP = ['publishable-key', 'fields-origin', 'locale'];

/**
 * Elements that are tokenized together, and the control that stands for them in a form: with a `name` it
 * holds back the form's submission until there is a token, and is submitted as the id of that.
 */
export class HushfieldGroupElement extends Host {
  static readonly formAssociated = true;
  static readonly observedAttributes = [...OF_THE_GROUP, 'session'];
  readonly #form: FormPart = new FormPart(this, this.attachInternals());
  readonly #fields = new Set<HushfieldFieldElement>();
  #appearance: AppearanceOptions | undefined;
  #elements: Promise<HushfieldElements> | undefined;

  get appearance(): AppearanceOptions | undefined {
    return this.#appearance;
  }

  set appearance(appearance: AppearanceOptions | undefined) {
    this.#appearance = appearance;
    this.#restart();
  }

  /** The form that it is submitted with. */
  get form(): HTMLFormElement | null {
    return this.#form.internals.form;
  }

  get name(): string {
    return this.getAttribute('name') ?? '';
  }

  set name(name: string) {
    this.setAttribute('name', name);
  }

  /** The id of the token; empty while there is none. */
  get value(): string {
    return this.#form.value;
  }

  get validity(): ValidityState {
    return this.#form.internals.validity;
  }

  get validationMessage(): string {
    return this.#form.internals.validationMessage;
  }

  /** Trades what the elements hold for a token, as the SDK's own `tokenize`, and keeps its id as the value. */
  tokenize(options?: TokenizeOptions): Promise<TokenizeResult>;
  tokenize(options: CollectOptions): Promise<CollectResult>;
  async tokenize(
    options: TokenizeOptions & Partial<CollectOptions> = {},
  ): Promise<TokenizeResult | CollectResult> {
    const elements = await this.#start();
    // As late as here, so that a page may have set a new one.
    const result = await elements.tokenize({
      session: this.#session,
      ...options,
    } as TokenizeOptions);
    this.#form.settle(result);
    return result;
  }

  /** Has what a grant is for shown in the group's elements, as the SDK's own `reveal`. */
  async reveal(options: RevealOptions): Promise<RevealResult> {
    const elements = await this.#start();
    return elements.reveal({ session: this.#session, ...options } as RevealOptions);
  }

  connectedCallback(): void {
    this.adopt('appearance');
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    // What stands already goes by a new session from the next call on.
    if (before !== after && !(name === 'session' && this.#elements)) this.#restart();
  }

  formAssociatedCallback(form: HTMLFormElement | null): void {
    this.#form.join(form);
  }

  formDisabledCallback(): void {
    for (const field of this.#fields) field.refresh();
  }

  formResetCallback(): void {
    this.#form.forget();
    for (const field of this.#fields) field.clear();
  }

  /** @internal */
  get fields(): ReadonlySet<HushfieldFieldElement> {
    return this.#fields;
  }

  /** @internal */
  enter(field: HushfieldFieldElement): void {
    this.#fields.add(field);
    this.#mount(field);
  }

  /** @internal */
  exit(field: HushfieldFieldElement): void {
    this.#fields.delete(field);
    // One of its kind may have waited for its place, unless all of the group goes.
    if (this.#elements) for (const other of this.#fields) this.#mount(other);
  }

  #mount(field: HushfieldFieldElement): void {
    const started = this.#start();
    started
      .then((elements) => {
        // It may have gone meanwhile, or the group have started anew.
        if (this.#elements !== started || !this.#fields.has(field)) return;
        field.mountIn((type, options) => elements.create(type, options));
      })
      .catch(reportError);
  }

  #start(): Promise<HushfieldElements> {
    if (this.#elements) return this.#elements;
    const started = this.#load();
    this.#elements = started;
    // What could not be begun may be when an attribute is another.
    started.catch(() => {
      if (this.#elements === started) this.#elements = undefined;
    });
    return started;
  }

  get #session(): string | undefined {
    return this.getAttribute('session') || undefined;
  }

  async #load(): Promise<HushfieldElements> {
    const [key = '', fieldsOrigin = '', locale] = OF_THE_GROUP.map(
      (name) => this.getAttribute(name) ?? undefined,
    );
    // Null on a server alone, where nothing is ever connected.
    const hushfield = (await loadHushfield(key, { fieldsOrigin })) as Hushfield;
    const own = { locale, appearance: this.#appearance, session: this.#session };
    return hushfield.elements(own as ElementsOptions);
  }

  protected left(): void {
    for (const field of this.#fields) field.unmount();
    this.#elements?.then((elements) => elements.destroy()).catch(() => {});
    this.#elements = undefined;
  }

  /** What is begun and not mounted yet finds that it is no longer wanted. */
  #restart(): void {
    if (this.#elements) this.left();
    for (const field of this.#fields) this.#mount(field);
  }
}
