import { attack, saw } from '../support/attack.ts';
import { canaryNumber, VISA } from '../support/cards.ts';
import { expect, type Merchant, openCard, test, tokenize } from '../support/merchant.ts';
import { Shopper } from '../support/shopper.ts';

/** What two documents of one origin could meet by without a port; counted in every frame. */
function countMeetings(): void {
  const used: string[] = [];
  Object.assign(window, { used });
  for (const name of ['BroadcastChannel', 'SharedWorker', 'Worker'] as const) {
    const Own: unknown = Reflect.get(window, name);
    if (typeof Own !== 'function') continue;
    const counted = new Proxy(Own, {
      construct(target, args) {
        used.push(name);
        return Reflect.construct(target, args);
      },
    });
    Object.defineProperty(window, name, { value: counted });
  }
  const count = (owner: object, name: string) => {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    const { get } = own ?? {};
    if (!get) return;
    const counted = function counted(this: unknown) {
      used.push(name);
      return get.call(this);
    };
    Object.defineProperty(owner, name, { ...own, get: counted });
  };
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore']) {
    for (const owner of [window, Window.prototype]) count(owner, name);
  }
  for (const name of ['serviceWorker', 'locks', 'storage']) count(Navigator.prototype, name);
  count(Document.prototype, 'cookie');
  addEventListener('storage', () => used.push('storage event'));
}

/** All the page can log: window messages, both directions of every port, broadcasts of its origin. */
const LOG = `
  window.log = [];
  addEventListener('message', ({ data, ports }) => log.push({ way: 'window', data, ports: ports.length }));
  const Channel = MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      for (const port of [this.port1, this.port2]) {
        port.addEventListener('message', ({ data, ports }) => log.push({ way: 'in', data, ports: ports.length }));
      }
    }
  };
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (data, ...rest) {
    log.push({ way: 'out', data, ports: 0 });
    return post.call(this, data, ...rest);
  };
  new BroadcastChannel('hushfield').onmessage = ({ data }) => log.push({ way: 'broadcast', data, ports: 0 });`;

type Logged = { way: string; data: unknown; ports: number };

/** Random, measured, or granted by policy once there is a token. */
const NOT_TYPED = new Set(['id', 'sid', 'requestId', 'createdAt', 'expiresAt', 'height']);
const GRANTED = new Set(['last4', 'expMonth', 'expYear']);

function leaves(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value)
    .filter(([key]) => !NOT_TYPED.has(key) && !GRANTED.has(key))
    .flatMap(([, each]) => leaves(each));
}

/** Leaves of the log that hold four digits of the number in a row, or the code. */
function typedIn(log: readonly Logged[], number: string, cvc: string): string[] {
  const parts = Array.from({ length: number.length - 3 }, (_, at) => number.slice(at, at + 4));
  return log
    .flatMap(({ data }) => leaves(data))
    .filter((leaf) => leaf === cvc || parts.some((part) => leaf.includes(part)));
}

const SEPARATE = ['cardNumber', 'cardExpiry', 'cardCvc'] as const;

function separatePage(merchant: Merchant, path: string): string {
  const { fieldsOrigin, keys } = merchant.deployment;
  merchant.pages.set(
    path,
    `<script>${LOG}</script><script src="${fieldsOrigin}/sdk/v1/hushfield.js" crossorigin></script>`,
    `${SEPARATE.map((id) => `<div id="${id}"></div>`).join('')}<script>
      window.elements = Hushfield('${keys.publishableKey}').elements();
      window.ready = Promise.all(${JSON.stringify(SEPARATE)}.map((type) =>
        elements.create(type).mount('#' + type)));
    </script>`,
  );
  return merchant.origin + path;
}

test(
  'passes a card between separate fields and the controller by nothing the page can log',
  attack([3, 4], 'the page logs every message, port and broadcast while a shopper pays'),
  async ({ page, merchant }) => {
    const number = canaryNumber('49176100');
    await page.addInitScript(countMeetings);
    await openCard(page, separatePage(merchant, '/separate'));
    await new Shopper(page, 'separate').fill({ number, expiry: VISA.expiry, cvc: '835' });
    const { token } = await tokenize(page);
    expect(token?.id).toMatch(/^tok_test_/);
    const logOf = () => page.evaluate((): Logged[] => Reflect.get(window, 'log'));
    const log = await logOf();
    expect(log.filter(({ way }) => way === 'in').length).toBeGreaterThan(8);
    expect(typedIn(log, number, '835')).toStrictEqual([]);
    // Nor was a port ever handed to the page, or a card carried through it.
    expect(log.filter(({ ports }) => ports > 0)).toStrictEqual([]);
    expect(log.filter(({ way }) => way === 'broadcast')).toStrictEqual([]);

    const ours = page.frames().filter((frame) => frame.url().includes('/f1/'));
    const used = () =>
      Promise.all(ours.map((frame) => frame.evaluate((): string[] => Reflect.get(window, 'used'))));
    expect(await used()).toStrictEqual([[], [], [], []]);

    await page.evaluate((digits) => postMessage(digits, '*'), number);
    await expect.poll(async () => typedIn(await logOf(), number, '835').length).toBe(1);
    await ours[1]?.evaluate(() => {
      new BroadcastChannel('x').close();
      try {
        localStorage.setItem('x', '1');
      } catch {
        // Denied to a third party in some engines; that it was asked for is what counts.
      }
    });
    const meetings = (await used())[1];
    expect(meetings).toStrictEqual(['BroadcastChannel', 'localStorage']);
    saw(
      `${log.length} messages seen by the page: 0 typed digits, 0 ports; 0 broadcasts, workers, storage`,
    );
  },
);
