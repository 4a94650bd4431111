import type { ElementEvents, HushfieldElement, HushfieldErrorShape } from '@hushfield/sdk';

/** Which property hears which event; two more are below, since they bring something else or must be heard. */
export const LISTENERS = {
  onChange: 'change',
  onFocus: 'focus',
  onBlur: 'blur',
  onEscape: 'escape',
  onSubmit: 'submit',
  onAutofill: 'autofill',
  onCopy: 'copy',
  onNetworksChange: 'networkschange',
  onBinAvailable: 'binavailable',
  onWarning: 'warning',
} as const satisfies Record<string, keyof ElementEvents>;

type Listeners = typeof LISTENERS;
type Listener = keyof Listeners;

type Heard<P extends Listener = Listener> = {
  [Q in P]?: ((payload: ElementEvents[Listeners[Q]]) => void) | undefined;
};

/** What a page may hear of an element; the functions of the last render are called. */
export type ElementListeners = Heard & {
  /** The element can be typed into; also again, after a `retry()`. */
  onReady?: ((element: HushfieldElement) => void) | undefined;
  /** There is no element, or it has not loaded. Without this function the console is told. */
  onLoadError?: ((payload: ElementEvents['loaderror']) => void) | undefined;
};

/** Who is to be told, at the time of telling. */
export type Latest = () => ElementListeners;

/** Hears an element once for all. */
export function listen(element: HushfieldElement, latest: Latest): void {
  for (const name of Object.keys(LISTENERS) as Listener[]) hear(element, name, latest);
  element.on('ready', () => latest().onReady?.(element));
  element.on('loaderror', ({ error }) => tellFailure(latest, error));
}

function hear<P extends Listener>(
  element: HushfieldElement,
  name: P,
  latest: () => Heard<P>,
): void {
  element.on(LISTENERS[name], (payload) => latest()[name]?.(payload));
}

/** A failure must not pass in silence, and must not take the page with it. */
export function tellFailure(latest: Latest, reason: unknown): void {
  // The SDK throws nothing else.
  const error = reason as HushfieldErrorShape;
  const { onLoadError = ({ error }) => console.error(error) } = latest();
  onLoadError({ error });
}
