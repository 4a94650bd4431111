import type {
  ElementOptions,
  ElementState,
  ElementType,
  FieldName,
  HushfieldElement,
} from '@hushfield/sdk';
import { HushfieldGroupElement } from './group-element.ts';
import { Host } from './host.ts';

const ATTRIBUTES = ['fields', 'layout', 'locale', 'policy', 'disabled'];

/**
 * One element of the SDK as an element of the page. It is its own container: state classes stand on it, and
 * the SDK's events (`hushfield:change` and the like) come from it and bubble.
 */
export class HushfieldFieldElement extends Host {
  static readonly type: ElementType;
  static readonly observedAttributes = ATTRIBUTES;
  #options: ElementOptions = {};
  #group: HushfieldGroupElement | undefined;
  #element: HushfieldElement | undefined;

  get type(): ElementType {
    return (this.constructor as typeof HushfieldFieldElement).type;
  }

  /** Options that no attribute says: `labels`, `placeholders`, `appearance`. They win over attributes. */
  get options(): ElementOptions {
    return this.#options;
  }

  set options(options: ElementOptions) {
    this.#options = options;
    this.refresh();
  }

  connectedCallback(): void {
    this.adopt('options');
    const group = groupAround(this);
    // Taken out and put back in one turn: the frame has loaded again, and the SDK has seen that.
    if (group && group === this.#group) return;
    this.left();
    this.#group = group;
    // The browser reports what is thrown here, and goes on.
    if (!group) throw new Error(`${this.localName}: no group.`);
    group.enter(this);
  }

  attributeChangedCallback(): void {
    this.refresh();
  }

  /** Moves focus to an input, the first by default. */
  override focus(field?: FieldName | FocusOptions): void {
    this.#element?.focus(typeof field === 'string' ? field : undefined);
  }

  override blur(): void {
    this.#element?.blur();
  }

  clear(field?: FieldName): void {
    this.#element?.clear(field);
  }

  /** Shows a message of the page's own at an input, until the shopper edits it. */
  setError(field: FieldName, message: string): void {
    this.#element?.setError(field, message);
  }

  /** Loads the frame again after `hushfield:loaderror`. */
  async retry(): Promise<void> {
    await this.#element?.retry();
  }

  /** What is known of the inputs; nothing before the element is mounted. */
  getState(): ElementState | undefined {
    return this.#element?.getState();
  }

  /** @internal The group is there: mounts into it. */
  mountIn(create: (type: ElementType, options: ElementOptions) => HushfieldElement): void {
    this.#element ??= create(this.type, this.#all());
    // Of what can fail from here on, `hushfield:loaderror` tells.
    this.#element.mount(this).catch(() => {});
  }

  /** @internal Something has changed that options come from. */
  refresh(): void {
    if (this.#element) this.#element.update(this.#all());
    // What was wrong with it may be right now.
    else this.#group?.enter(this);
  }

  /** @internal Out of the group, or to be mounted in it anew. */
  unmount(): void {
    this.#element?.destroy();
    this.#element = undefined;
  }

  protected left(): void {
    this.unmount();
    this.#group?.exit(this);
    this.#group = undefined;
  }

  #all(): ElementOptions {
    const attributes = Object.fromEntries(
      ATTRIBUTES.map((name) => [name, this.getAttribute(name) ?? undefined]),
    );
    const fields = attributes['fields']?.match(/\S+/g);
    const disabled = this.hasAttribute('disabled') || this.#group?.matches(':disabled') === true;
    // What is no name of a field or a layout, the SDK says; what is undefined, it has a default for.
    return { ...attributes, ...({ fields, disabled } as ElementOptions), ...this.#options };
  }
}

/** The nearest group, also out of a shadow root. */
function groupAround(element: Element): HushfieldGroupElement | undefined {
  let node: Node | null = element;
  while (node && !(node instanceof HushfieldGroupElement)) {
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  return node ?? undefined;
}
