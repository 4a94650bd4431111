import type { Frame, Page } from '@playwright/test';
import type { Deployment, MerchantKeys } from './deployment.ts';

/** One of our frames as a hostile page embeds it without the SDK. */
export type HandFrame = {
  readonly role: 'field' | 'controller';
  readonly sid: string;
  readonly iframe: HTMLIFrameElement;
  /** The frame's own first message. */
  readonly hello: Promise<unknown>;
};

/** What stands at `window.hand` in a page with {@link handPrelude}. */
export type Hand = {
  sid(): string;
  /** Embeds a frame of ours; a controller under the name some session's fields look for. */
  add(role: HandFrame['role'], sid?: string, key?: string, namedFor?: string): HandFrame;
  /** Sends a frame anything, with ports whose answers count, and a call already under way on each. */
  offer(frame: HandFrame, label: string, data: unknown, ports: number): MessagePort | undefined;
  /** The one true answer to a hello. */
  connect(frame: HandFrame): Promise<MessagePort>;
  /** Calls a method and gives what comes back; `silence` when nothing does. */
  call(port: MessagePort, method: string, args?: unknown[], ms?: number): Promise<unknown>;
  /** Labels of the offers on whose ports anything came back, in that order. */
  readonly answered: string[];
  /** What an honest SDK asks a field first. */
  readonly options: object;
};

type Config = { readonly fieldsOrigin: string; readonly key: string };

/** Runs in the page: the protocol as anyone writes it who has read our source. */
function takeHand({ fieldsOrigin, key: own }: Config): void {
  const answered: string[] = [];
  const send = (port: MessagePort, method: string, args: unknown[]) => {
    const id = crypto.randomUUID();
    const argumentList = args.map((value) => ({ type: 'RAW', value }));
    port.postMessage({ id, type: 'APPLY', path: [method], argumentList });
    return id;
  };
  const probe = { field: 'blur', controller: 'abort' } as const;
  const hand: Hand = {
    answered,
    options: {
      element: 'card',
      fields: ['number', 'expiry', 'cvc'],
      layout: 'row',
      locale: 'en',
      appearance: { theme: 'light' },
      labels: {},
      placeholders: {},
      disabled: false,
    },
    sid: () =>
      btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', ''),
    add(role, sid = hand.sid(), key = own, namedFor = sid) {
      const iframe = document.createElement('iframe');
      const hash = new URLSearchParams(role === 'field' ? { sid, scheme: 'light' } : { sid });
      iframe.title = `${role} ${sid}`;
      if (role === 'controller') iframe.name = `hushfield-${namedFor}`;
      const hello = new Promise((resolve) => {
        addEventListener('message', ({ source, data }) => {
          if (source === iframe.contentWindow) resolve(data);
        });
      });
      iframe.src = `${fieldsOrigin}/f1/${key}/${role}#${hash}`;
      document.body.append(iframe);
      return { role, sid, iframe, hello };
    },
    offer(frame, label, data, ports) {
      const channels = Array.from({ length: ports }, () => new MessageChannel());
      for (const { port1 } of channels) {
        port1.addEventListener('message', () => answered.push(label));
        port1.start();
        send(port1, probe[frame.role], []);
      }
      const theirs = channels.map(({ port2 }) => port2);
      frame.iframe.contentWindow?.postMessage(data, fieldsOrigin, theirs);
      return channels[0]?.port1;
    },
    async connect(frame) {
      await frame.hello;
      const connect = { v: 1, type: 'connect', sid: frame.sid };
      return hand.offer(frame, 'connect', connect, 2) as MessagePort;
    },
    call: (port, method, args = [], ms = 12_000) =>
      new Promise((resolve) => {
        const id = send(port, method, args);
        setTimeout(() => resolve('silence'), ms);
        port.addEventListener('message', ({ data }) => {
          if (data.id === id) resolve(data.value);
        });
      }),
  };
  Object.assign(window, { hand });
}

/** A script for the head of a hostile page. */
export function handPrelude({ fieldsOrigin, keys }: Deployment): string {
  const config = { fieldsOrigin, key: keys.publishableKey };
  return `<script>(${takeHand.toString()})(${JSON.stringify(config)})</script>`;
}

/** What a frame sends to join, right in everything. */
export function rightJoin({ publishableKey }: MerchantKeys, sid: string, member: string) {
  return { type: 'join', protocol: 1, key: publishableKey, sid, member };
}

export type JoinTry = { readonly data: unknown; readonly ports?: number };

/**
 * Joins from inside one of our own documents, as if an attacker's code ran there: more than any page
 * can do, so that each rule of the controller is seen to hold by itself.
 *
 * @returns for each try whether the controller said `joined`.
 */
export function joinFrom(
  frame: Frame,
  name: string,
  tries: readonly JoinTry[],
): Promise<boolean[]> {
  return frame.evaluate(
    async ([name, tries]) => {
      const find = (from: Window): Window | undefined => {
        try {
          return Reflect.get(from, name);
        } catch {
          return from === from.parent ? undefined : find(from.parent);
        }
      };
      const target = find(parent) ?? Reflect.get(parent.parent, name);
      if (!target) throw new Error('no frame of that name');
      return Promise.all(
        tries.map(({ data, ports = 1 }) => {
          const channels = Array.from({ length: ports }, () => new MessageChannel());
          const answers = channels.map(
            ({ port1 }) =>
              new Promise<boolean>((resolve) => {
                port1.onmessage = () => resolve(true);
              }),
          );
          const theirs = channels.map(({ port2 }) => port2);
          target.postMessage(data, location.origin, theirs);
          const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 600));
          return Promise.race([...answers, late]);
        }),
      );
    },
    [name, tries] as const,
  );
}

/** The frame of ours with this role and session, wherever it hangs. */
export function frameOf(page: Page, role: 'field' | 'controller', sid: string): Frame {
  const found = page.frames().find((frame) => {
    const url = new URL(frame.url() || 'about:blank');
    return url.pathname.endsWith(`/${role}`) && url.hash.includes(sid);
  });
  if (!found) throw new Error(`no ${role} frame of that session`);
  return found;
}

/** The session that the SDK's own frames on the page share. */
export function sidOf(page: Page): Promise<string> {
  return page.locator('iframe[name^=hushfield-]').evaluate((frame) => {
    return (frame.getAttribute('name') ?? '').slice('hushfield-'.length);
  });
}
