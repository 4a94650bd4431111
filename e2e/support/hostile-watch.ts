import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { hostileStrings } from './hostile.ts';

/** Keeps the page's ends of all ports the SDK makes, and counts what comes back by them. */
export const TAKE_PORTS = `
  window.ports = [];
  window.replies = [];
  window.sent = 0;
  const Channel = MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      ports.push(this.port1);
      const send = this.port1.postMessage.bind(this.port1);
      this.port1.postMessage = (message) => { window.sent += 1; send(message); };
      this.port1.addEventListener('message', ({ data }) => { if (data.id) replies.push(data); });
    }
  };`;

/** A server that hostile strings point to, and what it was asked for. */
export class Sink {
  readonly asked: string[] = [];
  readonly #server = createServer((request, response) => {
    this.asked.push(request.url ?? '');
    response.writeHead(204, { 'access-control-allow-origin': '*' }).end();
  });

  static async open(): Promise<Sink> {
    const sink = new Sink();
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** Those that are CSS, by what they are made of. */
const isCss = (text: string) =>
  /url\(|@import|@font-face|expression\(|[{};].*:|if\(style|attr\(/i.test(text);

/** All hostile strings, or a sample spread over them with the CSS ones in it; hosts are the sink's. */
export function strings(sink: Sink, sample?: number): string[] {
  const all = hostileStrings();
  const step = sample === undefined ? 1 : Math.ceil(all.length / sample);
  const spread = all.filter((_, index) => index % step === 0);
  const css =
    sample === undefined
      ? []
      : all.filter((text) => isCss(text) && !text.includes('<')).slice(0, 40);
  const chosen = [
    ...spread,
    ...css,
    `url(http://${sink.host}/css)`,
    `red;background:url(http://${sink.host}/x)`,
  ];
  const aimed = chosen.map((text) =>
    text.replace(/(https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}/gi, `http://${sink.host}`),
  );
  return [...new Set(sample === undefined ? [...chosen, ...aimed] : aimed)];
}

/** What goes wrong in a page and its frames while hostile strings are tried. */
export class HostileWatch {
  readonly #page: Page;
  readonly #sink: Sink;
  readonly requests: string[] = [];
  readonly #complaints: string[] = [];

  constructor(page: Page, sink: Sink) {
    this.#page = page;
    this.#sink = sink;
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('pageerror', (error) => this.#complaints.push(`error ${error.message.slice(0, 80)}`));
    page.on('dialog', (dialog) => {
      this.#complaints.push('a dialog');
      void dialog.dismiss();
    });
  }

  /** In every document there now is: policy violations, new elements, and attributes that act. */
  async start(): Promise<void> {
    for (const frame of this.#page.frames()) {
      await frame.evaluate(() => {
        const marks = ['placeholder', 'aria-label', 'aria-invalid', 'aria-describedby', 'class'];
        const shape = () =>
          JSON.stringify(
            [...document.querySelectorAll('*')].map((element) => [
              element.tagName,
              ...element
                .getAttributeNames()
                // Of the page's own iframes only the height may change.
                .filter(
                  (name) =>
                    !marks.includes(name) && !(name === 'style' && element.tagName === 'IFRAME'),
                )
                .map((name) => `${name}=${element.getAttribute(name)}`),
            ]),
          );
        const hostile = {
          violations: new Array<string>(),
          base: shape(),
          odd: 0,
          texts: new Set<string>(),
        };
        Reflect.set(window, 'hostile', hostile);
        addEventListener('securitypolicyviolation', (event) =>
          hostile.violations.push(event.violatedDirective),
        );
        new MutationObserver(() => {
          if (shape() !== hostile.base) hostile.odd += 1;
          hostile.texts.add(document.querySelector('label')?.textContent ?? '');
        }).observe(document, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
      });
    }
    this.requests.length = 0;
    this.#sink.asked.length = 0;
  }

  /** All there is to complain about; empty is right. */
  async complaints(): Promise<string[]> {
    const found = await Promise.all(
      this.#page.frames().map((frame) =>
        frame.evaluate(() => {
          const { violations, odd } = Reflect.get(window, 'hostile');
          const polluted = [
            ...(function* () {
              for (const key in {}) yield key;
            })(),
          ];
          return [
            ...violations.map((directive: string) => `violation ${directive}`),
            ...(odd > 0 ? [`${odd} changes of shape`] : []),
            ...polluted.map((key) => `polluted ${key}`),
          ];
        }),
      ),
    );
    return [
      ...this.#complaints,
      ...found.flat(),
      ...this.requests.map((url) => `request ${url.slice(0, 80)}`),
      ...this.#sink.asked.map((path) => `sink ${path.slice(0, 80)}`),
    ];
  }

  /** That what is watched for would be seen: one request, one violation and one element of each kind. */
  async control(): Promise<string[]> {
    const [, frame] = this.#page.frames();
    await frame?.evaluate(() => {
      document.body.setAttribute('style', 'color: red');
      document.body.append(document.createElement('img'));
    });
    await this.#page.evaluate((host) => fetch(`http://${host}/control`), this.#sink.host);
    return (await this.complaints()).map((line) => line.split(' ')[0] ?? '');
  }
}
