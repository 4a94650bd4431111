import type { Page } from '@playwright/test';
import type { Merchant } from './merchant.ts';

/** A frame that a hostile page embeds and shakes hands with by itself, and the raw ports to it. */
export type Line = {
  readonly role: 'field' | 'controller';
  readonly sid: string;
  readonly calls: MessagePort;
  readonly events: MessagePort;
  readonly frame: HTMLIFrameElement;
};

/** What a hostile page has at `window.raw` after {@link rawPrelude}. */
export type RawPorts = {
  /** The browser's own, which nobody listens to. */
  readonly Channel: typeof MessageChannel;
  /** The page's ends of the SDK's ports, in the order they were made. */
  readonly ports: MessagePort[];
  /** All that ever came out of any port, and by `message` events to the page. */
  readonly heard: unknown[];
  /** Embeds a frame of ours without the SDK; a controller under the name its fields look for. */
  open(role: Line['role'], sid?: string): Promise<Line>;
  shut(line: Line): void;
  /** Sends a message and waits for what answers its id. */
  ask(
    port: MessagePort,
    message: { id: unknown },
    ms?: number,
    transfer?: Transferable[],
  ): Promise<unknown>;
  /** What an honest SDK would ask a field first: it draws the inputs. */
  readonly configure: {
    readonly id: string;
    readonly path: readonly string[];
    readonly argumentList: readonly [{ readonly value: Record<string, unknown> }];
  };
};

type Config = { readonly fieldsOrigin: string; readonly key: string };

/** Runs in the page before the SDK. It knows the protocol as anyone who reads our source does. */
function takePorts({ fieldsOrigin, key }: Config): void {
  const Channel = MessageChannel;
  const ports: MessagePort[] = [];
  const heard: unknown[] = [];
  const keep = ({ data }: MessageEvent) => void heard.push(data);
  addEventListener('message', keep);
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      ports.push(this.port1);
      this.port1.addEventListener('message', keep);
    }
  };
  const newSid = () =>
    btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');

  const open: RawPorts['open'] = (role, sid = newSid()) =>
    new Promise((resolve) => {
      const frame = document.createElement('iframe');
      const hash = new URLSearchParams(role === 'field' ? { sid, scheme: 'light' } : { sid });
      frame.name = role === 'field' ? `raw-${sid}` : `hushfield-${sid}`;
      frame.src = `${fieldsOrigin}/f1/${key}/${role}#${hash}`;
      const onHello = ({ data, source }: MessageEvent) => {
        if (source !== frame.contentWindow || data?.type !== 'hello') return;
        removeEventListener('message', onHello);
        const [calls, events] = [new Channel(), new Channel()];
        for (const { port1 } of [calls, events]) {
          port1.addEventListener('message', keep);
          port1.start();
        }
        const message = { v: 1, type: 'connect', sid };
        frame.contentWindow?.postMessage(message, fieldsOrigin, [calls.port2, events.port2]);
        resolve({ role, sid, calls: calls.port1, events: events.port1, frame });
      };
      addEventListener('message', onHello);
      document.body.append(frame);
    });

  const ask: RawPorts['ask'] = (port, message, ms = 1_000, transfer = []) =>
    new Promise((resolve) => {
      const settle = (answer: unknown) => {
        clearTimeout(timer);
        port.removeEventListener('message', onAnswer);
        resolve(answer);
      };
      const timer = setTimeout(() => settle('no answer'), ms);
      const onAnswer = ({ data }: MessageEvent) => {
        if (data?.id === message.id) settle(data.value);
      };
      port.addEventListener('message', onAnswer);
      port.postMessage(message, transfer);
    });

  const options = {
    element: 'card',
    fields: ['number', 'expiry', 'cvc'],
    layout: 'row',
    locale: 'en',
    appearance: { theme: 'light' },
    labels: {},
    placeholders: {},
    disabled: false,
  };
  const configure = {
    id: 'configure',
    type: 'APPLY',
    path: ['configure'],
    argumentList: [{ type: 'RAW', value: options }],
  };
  const shut = ({ frame }: Line) => frame.remove();
  Object.assign(window, { raw: { Channel, ports, heard, open, shut, ask, configure } });
}

/** A script for the head of a hostile page; page-side functions it is given become globals there. */
export function rawPrelude(
  { deployment }: Merchant,
  ...functions: readonly ((...args: never[]) => unknown)[]
): string {
  const config: Config = {
    fieldsOrigin: deployment.fieldsOrigin,
    key: deployment.keys.publishableKey,
  };
  const globals = functions.map((one) => `window.${one.name} = ${String(one)};`);
  return [`(${String(takePorts)})(${JSON.stringify(config)});`, ...globals].join('\n');
}

/** All that came out of any port, as text without the one part of a token that is declared to hold digits. */
export function heardBy(page: Page): Promise<string> {
  return page.evaluate(() =>
    JSON.stringify(Reflect.get(window, 'raw').heard, (name, value) =>
      name === 'last4' ? undefined : value,
    ),
  );
}

/** Runs of at least seven typed digits in a text, however they are grouped. */
export function leaks(text: string, typed: string): string[] {
  const squeezed = text.replaceAll(/[ \-\u00a0]/g, '');
  const sevens = Array.from({ length: typed.length - 6 }, (_, at) => typed.slice(at, at + 7));
  return sevens.filter((digits) => squeezed.includes(digits));
}
