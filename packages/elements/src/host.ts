/** What the elements extend; a server that imports them has no `HTMLElement`, and makes none of them. */
const Base = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement);

/**
 * An element whose children stay the page's, so that its rules and state classes apply; the shadow root
 * holds no more than the defaults and what a subclass adds behind the children.
 */
export abstract class Host extends Base {
  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const defaults = new CSSStyleSheet();
    // Any rule of the page's own is stronger.
    defaults.replaceSync(':host{display:block}:host([hidden]){display:none}');
    root.adoptedStyleSheets = [defaults];
    root.append(document.createElement('slot'));
  }

  /** It has left the document, and is not back within the same turn. */
  protected abstract left(): void;

  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (!this.isConnected) this.left();
    });
  }

  /** `moveBefore` keeps frames and what was typed: there is nothing to do. */
  connectedMoveCallback(): void {}

  /** A property that was set before the element was defined hides the accessor of the class. */
  protected adopt(name: keyof this): void {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }
}
