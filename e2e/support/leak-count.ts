import type { Page } from '@playwright/test';

/** What a page keeps of an SDK: all of it is nothing when nothing is mounted. */
export type Kept = {
  /** Iframes in the document's own tree and child frames of its window, added up. */
  readonly frames: number;
  /** Channels that the page made and closed at neither end. */
  readonly channels: number;
  /** Listeners that the SDK has on the window, the document and its body, by type. */
  readonly listeners: readonly string[];
  /** Promises that were rejected and that nobody caught. */
  readonly unhandled: readonly string[];
};

function watchChannels(): void {
  if (window !== window.top) return;
  const open = new Map<MessagePort, MessageChannel>();
  const Channel = MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      open.set(this.port1, this);
      open.set(this.port2, this);
    }
  };
  const close: unknown = Reflect.get(MessagePort.prototype, 'close');
  MessagePort.prototype.close = function (this: MessagePort) {
    const channel = open.get(this);
    // A channel is gone when either end is closed; the other end was given to a frame.
    if (channel) for (const port of [channel.port1, channel.port2]) open.delete(port);
    if (typeof close === 'function') Reflect.apply(close, this, []);
  };
  Object.assign(window, { openChannels: () => open.size / 2 });
}

function watchListeners(): void {
  if (window !== window.top) return;
  type Entry = { target: EventTarget; type: string; callback: unknown; capture: boolean };
  const entries: Entry[] = [];
  const forget = ({ target, type, callback, capture }: Entry) => {
    const same = (one: Entry) => one.target === target && one.type === type;
    const at = entries.findIndex(
      (one) => same(one) && one.callback === callback && one.capture === capture,
    );
    if (at >= 0) entries.splice(at, 1);
  };
  const captures = (options: unknown) =>
    options === true || (options instanceof Object && Reflect.get(options, 'capture') === true);
  // The tests' own driver listens in some engines too; what the SDK's script adds is its to remove.
  const isKept = (target: EventTarget) =>
    (target === window || target === document || target === document.body) &&
    (new Error().stack ?? '').includes('/hushfield.js');

  const add: unknown = Reflect.get(EventTarget.prototype, 'addEventListener');
  const remove: unknown = Reflect.get(EventTarget.prototype, 'removeEventListener');
  if (typeof add !== 'function' || typeof remove !== 'function') return;
  EventTarget.prototype.addEventListener = function (this: EventTarget | undefined, ...args) {
    const [type, callback, options] = args;
    const target = this ?? window;
    Reflect.apply(add, target, args);
    if (!callback || !isKept(target)) return;
    const entry = { target, type, callback, capture: captures(options) };
    forget(entry);
    entries.push(entry);
    if (!(options instanceof Object)) return;
    const gone = () => forget(entry);
    if (options.once) Reflect.apply(add, target, [type, gone, { once: true }]);
    if (options.signal) Reflect.apply(add, options.signal, ['abort', gone]);
  };
  EventTarget.prototype.removeEventListener = function (this: EventTarget | undefined, ...args) {
    const [type, callback, options] = args;
    const target = this ?? window;
    Reflect.apply(remove, target, args);
    forget({ target, type, callback, capture: captures(options) });
  };
  Object.assign(window, { listenerTypes: () => entries.map(({ type }) => type) });
}

function watchRejections(): void {
  if (window !== window.top) return;
  const unhandled: string[] = [];
  window.onunhandledrejection = ({ reason }) => void unhandled.push(String(reason));
  Object.assign(window, { unhandled });
}

/** Keeps books of what a page's scripts open and close. Call before the page loads. */
export async function countLeaks(page: Page): Promise<void> {
  for (const watch of [watchChannels, watchListeners, watchRejections]) {
    await page.addInitScript(watch);
  }
}

/** What the page keeps now. */
export function kept(page: Page): Promise<Kept> {
  return page.evaluate(() => ({
    frames: document.querySelectorAll('iframe').length + window.length,
    channels: Reflect.get(window, 'openChannels')(),
    listeners: Reflect.get(window, 'listenerTypes')(),
    unhandled: Reflect.get(window, 'unhandled'),
  }));
}
