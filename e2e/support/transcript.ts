import type { Frame, Page } from '@playwright/test';

/** The tick on which a field's events leave. */
const TICK_MS = 100;

type Watch = {
  /** All that was seen since the last call, in order. */
  take(): string[];
  /** Resolves when the frame has refused a call, and all it said before has arrived. */
  arrived(): Promise<void>;
  /** What the page finds when it looks. */
  look(): unknown;
};

/*
 * Runs before the SDK, as any script of a hostile page can: writes down, in order, every message on
 * the window and on both directions of every port, every change of the page's DOM, every DOM event
 * that focus, keys, pointers, layout and the SDK make, and every load and layout shift.
 */
function recorder(): void {
  const seen: string[] = [];
  const say = (kind: string, data: unknown) => seen.push(`${kind} ${JSON.stringify(data)}`);
  const name = (node: unknown) =>
    node instanceof Element ? `${node.tagName}#${node.id}.${node.getAttribute('title')}` : '';
  const dom =
    'focus blur focusin focusout resize scroll visibilitychange keydown keyup beforeinput input paste copy compositionstart error unhandledrejection securitypolicyviolation';
  for (const type of dom.split(' ')) {
    addEventListener(type, ({ target }) => say(type, name(target)), true);
  }
  const own =
    'ready change networkschange focus blur escape submit autofill loaderror warning binavailable';
  for (const type of own.split(' ')) {
    addEventListener(`hushfield:${type}`, (event) => say(type, (event as CustomEvent).detail));
  }
  addEventListener('message', ({ data }) => say('window message', data), true);
  const Channel = MessageChannel;
  let ports = 0;
  let barrier: (() => void) | undefined;
  let answered = () => {};
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      ports += 1;
      const port = ports;
      const send = this.port1.postMessage.bind(this.port1);
      this.port1.postMessage = (message: unknown) => {
        say(`to port ${port}`, message);
        send(message);
      };
      this.port1.addEventListener('message', ({ data }) => {
        if (data.id === 'barrier') return answered();
        say(`from port ${port}`, data);
      });
      // The first port is the field's, for calls.
      barrier ??= () => send({ id: 'barrier', type: 'APPLY', path: ['focus'], argumentList: [] });
    }
  };
  new MutationObserver((records) => {
    for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
      const value =
        target instanceof Element && attributeName !== null
          ? `${attributeName}=${target.getAttribute(attributeName)}`
          : [...[...addedNodes].map(name), '-', ...[...removedNodes].map(name)].join();
      say(
        `DOM ${type}`,
        `${name(target)} ${value} ${type === 'characterData' ? target.nodeValue : ''}`,
      );
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  for (const type of ['resource', 'layout-shift']) {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) continue;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) say(type, entry.name);
    }).observe({ type });
  }
  const frames = () =>
    [...document.querySelectorAll('iframe')].map((frame) => {
      const { x, y, width, height } = frame.getBoundingClientRect();
      return [frame.title, frame.style.cssText, frame.className, x, y, width, height];
    });
  const watch: Watch = {
    take: () => seen.splice(0),
    async arrived() {
      // Twice: what was said on another port before may come just behind the first answer.
      for (let times = 0; times < 2; times += 1)
        await new Promise<void>((resolve) => {
          answered = resolve;
          barrier?.();
        });
    },
    look: () => ({
      active: name(document.activeElement),
      hasFocus: document.hasFocus(),
      frames: frames(),
      container: document.querySelector('#card')?.className,
      state: Reflect.get(window, 'card').getState(),
      windows: window.length,
      title: document.title,
      scroll: [scrollX, scrollY, document.documentElement.scrollHeight],
      resources: performance.getEntriesByType('resource').length,
      history: history.length,
    }),
  };
  Reflect.set(window, 'watch', watch);
}

/** For a page that keeps a transcript: what runs before the SDK. */
export const RECORDER = `(${recorder.toString()})();`;

/** What stands for the shopper: the page, the element's frame, and keys. */
export type Hands = { readonly page: Page; readonly frame: Frame };
/** One thing a shopper does, within a tick. */
export type Step = (hands: Hands) => Promise<unknown>;

/*
 * The clock of the page and of all its frames is the test's: the product's timers fire when it says
 * so, and a busy machine cannot push a key over a tick. What leaves on a tick is sure to have arrived
 * once an answer to a later call has, and a moment has passed.
 */

/** Call before the page is loaded. */
export async function takeClock(page: Page): Promise<void> {
  await page.clock.install();
}

/** Call once it is. */
export async function stopClock(page: Page): Promise<void> {
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 2_000);
}

/** Resolves when a document was laid out and drawn: by then a change of its height has been told. */
function laidOut(document: Page | Frame): Promise<void> {
  return document.evaluate(
    () =>
      new Promise<void>((resolve) => {
        // Animation frames belong to the clock that is stopped; what sees intersections does not.
        const observer = new IntersectionObserver(() => {
          observer.disconnect();
          resolve();
        });
        observer.observe(window.document.documentElement);
      }),
  );
}

/**
 * Lets one tick pass everywhere, when what came before it was drawn, whatever the machine does: an element that has grown
 * says so on the next tick. Gives what the page saw on it, and what it finds when it looks.
 */
export async function tick(hands: Hands): Promise<string[]> {
  const { page, frame } = hands;
  await page.evaluate(() => Reflect.get(window, 'watch').arrived());
  await laidOut(frame);
  await page.clock.runFor(TICK_MS);
  await laidOut(frame);
  await page.evaluate(() => Reflect.get(window, 'watch').arrived());
  // A shift of the page's layout is told by the drawing after the one that made it.
  for (let times = 0; times < 2; times += 1) await laidOut(page);
  return page.evaluate(async () => {
    const watch = Reflect.get(window, 'watch');
    await watch.arrived();
    return [...watch.take(), `look ${JSON.stringify(watch.look())}`];
  });
}

const NORMAL: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uuid'],
  [/((?:sid=|hushfield-|"sid":"))[A-Za-z0-9_-]{22}/g, '$1sid'],
  [/tok_test_[0-9A-Za-z]+/g, 'token'],
  [/"last4":"\d{4}"/g, '"last4":"last4"'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time'],
];

/** Random ids, and of a token its id, last four digits and times, made the same; nothing else is. */
function normal(text: string): string {
  return NORMAL.reduce((done, [pattern, same]) => done.replace(pattern, same), text);
}

/**
 * All the page sees while a shopper does one step after the other, a tick for each and two more: a line
 * per sight under the tick on which it was seen, and what the page finds when it looks. Compare two
 * with `===`.
 */
export async function transcribe(hands: Hands, steps: readonly Step[]): Promise<string> {
  const lines: string[] = [];
  for (const step of [...steps, ...REST]) {
    await step(hands);
    lines.push('tick', ...apart(await tick(hands)));
  }
  return normal(lines.join('\n'));
}

/*
 * The third and fourth port are the controller's, another frame's: whether its answer or the field's
 * news comes first within a tick is a race of two documents, so they are compared each in its order.
 */
function apart(lines: readonly string[]): string[] {
  const controller = (line: string) => /^from port [34] /.test(line);
  return [...lines.filter((line) => !controller(line)), ...lines.filter(controller)];
}

/** What comes late comes in these. */
const REST: readonly Step[] = [async () => {}, async () => {}];

/** Where two transcripts part, for a failure's message: kinds of sights, no contents. */
export function parting(one: string, other: string): string {
  const [ours, theirs] = [one.split('\n'), other.split('\n')];
  const index = ours.findIndex((line, at) => line !== theirs[at]);
  const at = index < 0 ? ours.length : index;
  const kind = (line = 'nothing more') => line.split(/["{[]/)[0]?.trim();
  return `line ${at}: ${kind(ours[at])} / ${kind(theirs[at])}`;
}
