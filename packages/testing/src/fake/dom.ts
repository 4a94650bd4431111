/*
 * The little of a DOM that the SDK asks of a page, for tests that run where there is none. Where there is
 * one (a browser, jsdom, happy-dom), that is taken.
 */

/** Stands for any container, by whatever selector, and for what the SDK puts into one. */
class Container extends EventTarget {
  readonly isConnected = true;
  readonly classList = { toggle() {}, add() {}, remove() {} };
  readonly style = {};
  append(): void {}
  remove(): void {}
  setAttribute(): void {}
  removeAttribute(): void {}
  closest(): null {
    return null;
  }
}

const containers = new Map<string, Container>();

function containerAt(selector: string): Container {
  const container = containers.get(selector) ?? new Container();
  containers.set(selector, container);
  return container;
}

const hasDom = typeof globalThis.document !== 'undefined';

export const Element = (hasDom ? globalThis.Element : Container) as typeof globalThis.Element;

export const document = (
  hasDom
    ? globalThis.document
    : { querySelector: containerAt, createElement: () => new Container() }
) as globalThis.Document;

/** Puts a visible sign into a container where the frame would stand. */
export function signIn(container: globalThis.Element, element: string): globalThis.ChildNode {
  if (!hasDom) return { isConnected: true, remove() {} } as globalThis.ChildNode;
  const sign = document.createElement('div');
  sign.dataset['hushfieldFake'] = element;
  sign.textContent = `Fake of ${element}`;
  container.append(sign);
  return sign;
}
