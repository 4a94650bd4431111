/*
 * What a hostile page runs before the SDK. These tests have no protocol to listen in with: the page is
 * the only witness, and it is the attacker's.
 */

/** Logs all the page can see: window messages, ports, the element's events, every state of the DOM. */
export const WITNESS = `
  window.seen = [];
  window.changes = 0;
  const see = (what) => seen.push(typeof what === 'string' ? what : JSON.stringify(what) ?? '');
  new MutationObserver(() => see(document.documentElement.outerHTML)).observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
  addEventListener('message', ({ data }) => see(data), true);
  for (const type of ['ready', 'change', 'focus', 'blur', 'autofill', 'networkschange', 'binavailable', 'submit', 'warning']) {
    addEventListener('hushfield:' + type, ({ detail }) => {
      if (type === 'change') changes += 1;
      see(detail);
    });
  }
  const Channel = MessageChannel;
  window.ports = [];
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      ports.push(this.port1);
      this.port1.addEventListener('message', ({ data }) => see(data));
    }
  };`;

/** Runs of five digits and more, however grouped, that are part of what was typed. */
export function typedRuns(text: string, typed: string): number {
  const runs = text.match(/\d(?: ?\d){4,}/g) ?? [];
  return runs.filter((run) => typed.includes(run.replaceAll(' ', ''))).length;
}

/** Writes down every key and edit that the page's own window and document hear of. */
export const LISTEN = `
  window.heard = [];
  for (const type of ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'paste', 'copy', 'cut',
    'compositionstart', 'compositionupdate', 'compositionend', 'drop']) {
    for (const target of [window, document]) {
      target.addEventListener(type, () => heard.push(type), true);
    }
  }`;

/** What Comlink would obey without its guard; PORT stands for a port that comes with the message. */
const RAW_MESSAGES = `[
  { type: 'GET', path: [] },
  { type: 'GET', path: ['configure'] },
  { type: 'GET', path: ['__proto__'] },
  { type: 'GET', path: ['configure', 'constructor'] },
  { type: 'SET', path: ['__proto__', 'polluted'], value: raw(true) },
  { type: 'SET', path: ['__proto__', '__proto__', 'polluted'], value: raw(true) },
  { type: 'SET', path: ['configure'], value: raw('mine') },
  { type: 'CONSTRUCT', path: ['constructor', 'constructor'], argumentList: [raw('polluted = 1')] },
  { type: 'CONSTRUCT', path: ['configure'], argumentList: [] },
  { type: 'ENDPOINT', path: [], port: 'PORT' },
  { type: 'RELEASE', path: [] },
  { type: 'APPLY', path: ['constructor', 'prototype', '__proto__', '__defineSetter__'],
    argumentList: [raw('number'), { type: 'HANDLER', name: 'proxy', value: 'PORT' }] },
  { type: 'APPLY', path: ['constructor'], argumentList: [] },
  { type: 'APPLY', path: ['toString'], argumentList: [] },
  { type: 'APPLY', path: ['valueOf'], argumentList: [] },
  { type: 'APPLY', path: ['__proto__'], argumentList: [] },
  { type: 'APPLY', path: ['__defineGetter__'], argumentList: [raw('polluted'), raw(0)] },
  { type: 'APPLY', path: ['hasOwnProperty'], argumentList: [raw('configure')] },
  { type: 'APPLY', path: ['collect'], argumentList: [] },
  { type: 'APPLY', path: ['focus'], argumentList: [{ type: 'HANDLER', name: 'proxy', value: 'PORT' }] },
  { type: 'APPLY', path: ['focus'], argumentList: [{ type: 'HANDLER', name: 'throw', value: { isError: true } }] },
  { type: 'APPLY', path: ['setError'],
    argumentList: [raw(JSON.parse('{"__proto__":{"polluted":true},"field":"number","message":"x"}'))] },
  { type: 'APPLY', path: ['focus'], argumentList: [raw({ field: '__proto__' })] },
  { type: 'APPLY', path: ['tokenize'], argumentList: [raw({ elements: ['__proto__'] })] },
]`;

/** Sends them all on every port the page took (see {@link WITNESS}); answers the replies as text. */
export const SEND_RAW = `
  const raw = (value) => ({ type: 'RAW', value });
  const replies = [];
  let sent = 0;
  for (const port of ports) {
    port.addEventListener('message', ({ data }) => {
      if (String(data?.id).startsWith('raw-')) replies.push(data);
    });
    for (const [index, { port: extra, ...message }] of ${RAW_MESSAGES}.entries()) {
      const { port2 } = new Channel();
      const argument = message.argumentList?.find(({ value }) => value === 'PORT');
      if (argument) argument.value = port2;
      port.postMessage({ id: 'raw-' + index, ...message }, extra || argument ? [port2] : []);
      sent += 1;
    }
  }
  const deadline = performance.now() + 3000;
  while (replies.length < 1 && performance.now() < deadline) await new Promise((next) => setTimeout(next, 20));
  await new Promise((next) => setTimeout(next, 300));
  return JSON.stringify({ ports: ports.length, sent, replies });`;

/**
 * Forges hello to the page, and connect and join to every frame of it, every 20 ms. Keeps what comes
 * back in \`booty\`. The page is in league with it and tells it the session ids.
 */
export const impostor = (key: string) => `
  window.booty = [];
  let sids = [];
  // The other impostor is no prey, and what it sends is no booty.
  const ally = (other) => ['ad', 'sandboxed'].some((name) => parent[name] === other);
  addEventListener('message', ({ data, ports }) => {
    if (data?.sids) sids = data.sids;
    else booty.push(JSON.stringify(data) + ports.length);
  });
  setInterval(() => {
    for (const sid of sids) {
      for (const role of ['field', 'controller']) {
        parent.postMessage({ v: 1, type: 'hello', role, sid }, '*');
      }
      for (let index = 0; index < parent.frames.length; index += 1) {
        if (ally(parent.frames[index])) continue;
        const [calls, events, join] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
        for (const { port1 } of [calls, events, join]) {
          port1.onmessage = ({ data }) => booty.push(JSON.stringify(data));
        }
        parent.frames[index].postMessage({ v: 1, type: 'connect', sid }, '*', [calls.port2, events.port2]);
        const join1 = { type: 'join', protocol: 1, key: '${key}', sid, member: 'card' };
        parent.frames[index].postMessage(join1, '*', [join.port2]);
        calls.port1.postMessage({ id: 'a', type: 'APPLY', path: ['clear'], argumentList: [{ type: 'RAW', value: {} }] });
        join.port1.postMessage({ id: 'b', type: 'APPLY', path: ['collect'], argumentList: [] });
      }
    }
  }, 20);`;

/** The page's part of it: passes the session ids on, and counts what arrives under a false flag. */
export const ACCOMPLICE = `
  window.forged = { 'null': 0, [location.origin]: 0 };
  addEventListener('message', ({ data, origin }) => {
    if (data?.type === 'hello' && origin in forged) forged[origin] += 1;
  });
  setInterval(() => {
    const sids = [...document.querySelectorAll('iframe')]
      .map(({ src }) => new URLSearchParams(src.split('#')[1] ?? '').get('sid'))
      .filter(Boolean);
    for (let index = 0; index < frames.length; index += 1) {
      frames[index].postMessage({ sids: [...new Set(sids)] }, '*');
    }
  }, 10);`;

/** The page itself: joins of its own and a second connect to frames that already have their ports. */
export const PAGE_FORGES = `
  const key = arguments[0];
  const got = [];
  let sent = 0;
  for (const { contentWindow, src } of document.querySelectorAll('iframe[src*="/f1/"]')) {
    const sid = new URLSearchParams(src.split('#')[1]).get('sid');
    for (const role of ['field', 'controller']) postMessage({ v: 1, type: 'hello', role, sid }, '*');
    for (const member of ['card', 'cardNumber', 'spare']) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => got.push(data);
      contentWindow.postMessage({ type: 'join', protocol: 1, key, sid, member }, '*', [port2]);
      port1.postMessage({ id: 'x', type: 'APPLY', path: ['collect'], argumentList: [] });
      sent += 1;
    }
    const [calls, events] = [new MessageChannel(), new MessageChannel()];
    for (const { port1 } of [calls, events]) port1.onmessage = ({ data }) => got.push(data);
    contentWindow.postMessage({ v: 1, type: 'connect', sid }, '*', [calls.port2, events.port2]);
    calls.port1.postMessage({ id: 'y', type: 'APPLY', path: ['blur'], argumentList: [] });
    sent += 1;
  }
  await new Promise((next) => setTimeout(next, 400));
  return JSON.stringify({ sent, got });`;
